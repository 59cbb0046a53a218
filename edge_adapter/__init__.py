"""WhatsApp payload in, RPC call out. No stock logic, no SQL, nothing kept between requests."""
