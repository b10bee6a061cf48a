DROP INDEX login_attempt_of_service;
DROP TABLE qr_login;
