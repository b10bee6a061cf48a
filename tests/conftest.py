pytest_plugins = ["postgres_fixtures", "campaign_fixtures", "stack_fixtures"]
