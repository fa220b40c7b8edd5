#!/usr/bin/python3
"""Message stream encryption, written from its specification and nothing of this repository: prints the JSON of
tests/BttProxy.UnitTests/Vectors/encryption-vectors.json. Each side's private exponent is given, so that either side can be the one under test."""
import hashlib
import json
import random
import struct

PRIME = int("FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD"
            "EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A63A36210000000000090563", 16)
random = random.Random(20261127)


def sha1(*parts):
    return hashlib.sha1(b"".join(parts)).digest()


def xor(one, other):
    return bytes(a ^ b for a, b in zip(one, other))


class Rc4:
    def __init__(self, key):
        self.box, self.i, self.j = list(range(256)), 0, 0
        j = 0
        for i in range(256):
            j = (j + self.box[i] + key[i % len(key)]) % 256
            self.box[i], self.box[j] = self.box[j], self.box[i]
        self(bytes(1024))

    def __call__(self, data):
        out = bytearray()
        for byte in data:
            self.i = (self.i + 1) % 256
            self.j = (self.j + self.box[self.i]) % 256
            self.box[self.i], self.box[self.j] = self.box[self.j], self.box[self.i]
            out.append(byte ^ self.box[(self.box[self.i] + self.box[self.j]) % 256])
        return bytes(out)


def make(pad_a, pad_b, pad_c, pad_d, provide, select, payload):
    exponents = [random.randbytes(20) for _ in "ab"]
    keys = [pow(2, int.from_bytes(exponent, "big"), PRIME).to_bytes(96, "big") for exponent in exponents]
    secret = pow(int.from_bytes(keys[1], "big"), int.from_bytes(exponents[0], "big"), PRIME).to_bytes(96, "big")
    info_hash = random.randbytes(20)
    to_b, to_a = Rc4(sha1(b"keyA", secret, info_hash)), Rc4(sha1(b"keyB", secret, info_hash))
    mark = sha1(b"req1", secret)
    name = xor(sha1(b"req2", info_hash), sha1(b"req3", secret))
    offer = to_b(bytes(8) + struct.pack(">IH", provide, pad_c) + bytes(pad_c) + struct.pack(">H", len(payload)) + payload)
    choice = to_a(bytes(8) + struct.pack(">IH", select, pad_d) + bytes(pad_d))
    after = [b"what A says then", b"what B says then"]
    if select == 2:
        after = [to_b(after[0]), to_a(after[1])]
    return {
        "exponentA": exponents[0], "exponentB": exponents[1], "infoHash": info_hash, "secret": secret,
        "provide": provide, "select": select, "payload": payload,
        "keyA": keys[0], "keyB": keys[1],
        # All that A sends and all that B sends, up to the end of the handshake, and the next 16 bytes.
        "fromA": keys[0] + random.randbytes(pad_a) + mark + name + offer, "fromB": keys[1] + random.randbytes(pad_b) + choice,
        "afterA": after[0], "afterB": after[1],
        # What does not depend on chance between the paddings of either.
        "requestA": mark + name + offer[:12], "choiceB": choice[:12],
    }


vectors = [
    make(0, 0, 0, 0, 3, 2, b""),
    make(512, 512, 512, 512, 2, 2, random.randbytes(68)),
    make(17, 300, 5, 77, 3, 1, random.randbytes(68)),
    make(511, 1, 0, 512, 1, 1, b"x"),
    make(100, 511, 200, 0, 2, 2, random.randbytes(1000)),
]
print(json.dumps([{key: value.hex() if isinstance(value, bytes) else value for key, value in vector.items()} for vector in vectors], indent=1))
