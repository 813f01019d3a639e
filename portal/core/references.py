"""The number a resident is given: nine digits, easy to read out, the last one a check digit."""

import secrets


def new_reference() -> str:
    """Return a random reference such as 482-613-905."""
    digits = f"{secrets.randbelow(9 * 10**7) + 10**7}"
    return format_reference(digits + check_digit(digits))


def parse_reference(text: str) -> str | None:
    """Return the reference in its written form, or None if it is none or misread.

    Spaces and hyphens don't matter, full-width digits are read as digits.
    """
    if len(text) > 40:
        return None
    digits = "".join(str(int(c)) for c in text if c.isdecimal())
    rest = [c for c in text if not c.isdecimal() and c not in "-–— \u3000－"]
    if rest or len(digits) != 9 or check_digit(digits[:-1]) != digits[-1]:
        return None
    return format_reference(digits)


def check_digit(digits: str) -> str:
    """Return the check digit by ISO/IEC 7064, MOD 11,10: finds each wrong or swapped digit."""
    carry = 10
    for digit in digits:
        carry = (carry + int(digit)) % 10 or 10
        carry = carry * 2 % 11
    return str((11 - carry) % 10)


def format_reference(digits: str) -> str:
    return f"{digits[:3]}-{digits[3:6]}-{digits[6:]}"
