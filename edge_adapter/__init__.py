"""WhatsApp payload in, database call out: stateless, without stock logic and without SQL."""
