"""Vendors that cannot run here, spoken to over a real socket: Meta's Graph API and Gemini."""
