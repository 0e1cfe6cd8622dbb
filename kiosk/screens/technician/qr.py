"""A text as a QR code, for a phone's camera."""


def qr_rows(text: str) -> tuple[str, ...]:
    """The rows of its QR code (ISO/IEC 18004), in 0 and 1, without a margin."""
    import segno  # Only where a code is shown.

    return tuple("".join("1" if module else "0" for module in row) for row in segno.make(text, error="m").matrix)
