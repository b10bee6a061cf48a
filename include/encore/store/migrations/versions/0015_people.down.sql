DROP INDEX campaign_by_name_of_teacher;
DROP TABLE person_link;
