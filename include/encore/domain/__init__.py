"""Campaigns, content and jobs as values, with the rules that hold for them everywhere."""
