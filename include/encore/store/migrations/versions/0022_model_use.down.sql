DROP TABLE text_proposal;
DROP TABLE model_use;
