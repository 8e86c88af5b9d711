"""The demo's simulator: Telegram and WhatsApp phones, faults, a clock to move, talks to be saved. Never in `serve`."""
