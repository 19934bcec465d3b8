# SPDX-License-Identifier: GPL-3.0-or-later
"""A PDF of one page that asks for a password: the standard security handler of PDF 1.4, section
3.5.2, revision 2 (RC4 with 40 bits, the smallest that there is)."""
import hashlib

PAD = bytes.fromhex("28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a")


def rc4(key, data):
    state, j = list(range(256)), 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    out, i, j = bytearray(), 0, 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) % 256])
    return bytes(out)


def make(password=b"secret", text="The number of the safe is 4711."):
    def padded(word):
        return (word + PAD)[:32]

    file_id = hashlib.md5(text.encode()).digest()
    owner = rc4(hashlib.md5(padded(b"owner")).digest()[:5], padded(password))
    permissions = (-4 & 0xFFFFFFFF).to_bytes(4, "little")
    key = hashlib.md5(padded(password) + owner + permissions + file_id).digest()[:5]
    user = rc4(key, PAD)
    stream_key = hashlib.md5(key + (5).to_bytes(3, "little") + b"\0\0").digest()[:10]
    stream = rc4(stream_key, f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET".encode())
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R"
        b" /Resources << /Font << /F1 4 0 R >> >> >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Length %d >>\nstream\n" % len(stream) + stream + b"\nendstream",
        b"<< /Filter /Standard /V 1 /R 2 /P -4 /O <" + owner.hex().encode() + b"> /U <" +
        user.hex().encode() + b"> >>",
    ]
    out, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    hex_id = b"<" + file_id.hex().encode() + b">"
    return out + (b"trailer\n<< /Size %d /Root 1 0 R /Encrypt 6 0 R /ID [%s %s] >>\n"
                  b"startxref\n%d\n%%%%EOF\n" % (len(objects) + 1, hex_id, hex_id, table))
