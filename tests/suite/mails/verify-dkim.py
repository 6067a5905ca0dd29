"""verify-dkim.py RECORDS: checks each DKIM-Signature of the message on standard input with dkimpy.

RECORDS is a folder with <selector>.txt, the TXT records of the keys, whatever the domain. Prints a line for each
signature, from the top: its selector, its domain, and pass or fail."""

import pathlib
import sys

import dkim

records = pathlib.Path(sys.argv[1])
message = sys.stdin.buffer.read()


class Asked:
    """DNS as far as it is asked, without a network."""

    names = ()

    def txt(self, name, timeout=5):
        name = name.decode() if isinstance(name, bytes) else name
        self.names += (name,)
        return (records / (name.split("._domainkey.")[0] + ".txt")).read_bytes().strip()


fields = sum(1 for name, _ in dkim.DKIM(message).headers if name.lower() == b"dkim-signature")
for index in range(fields):
    asked = Asked()
    try:
        good = dkim.DKIM(message, minkey=2048).verify(idx=index, dnsfunc=asked.txt)
    except dkim.DKIMException:
        good = False
    selector, domain = asked.names[0].rstrip(".").split("._domainkey.") if asked.names else ("?", "?")
    print(selector, domain, "pass" if good else "fail")
