"""People and sessions, as the auth manager in use has them. For the API server alone."""
