"""Paper: typesetting to PDF and PNG, QR codes, fonts. No product rules."""
