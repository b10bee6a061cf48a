LOCK TABLE campaign IN ACCESS EXCLUSIVE MODE;

DROP TRIGGER search_updated ON campaign;
DROP TRIGGER search_inserted ON campaign;
DROP FUNCTION note_letter_pairs;
DROP TABLE campaign_search;
DROP FUNCTION letter_pairs;
