// Generated programs: statements of known effect on the stack, so that most of them run to their end, with damaged ones among them.

export const op = {
  STOP: 0x00, ADD: 0x01, SUB: 0x03, EXP: 0x0a, SIGNEXTEND: 0x0b, ISZERO: 0x15, NOT: 0x19, KECCAK256: 0x20, BALANCE: 0x31,
  CALLDATALOAD: 0x35, CALLDATACOPY: 0x37, CODECOPY: 0x39, EXTCODESIZE: 0x3b, EXTCODECOPY: 0x3c, RETURNDATASIZE: 0x3d,
  RETURNDATACOPY: 0x3e, EXTCODEHASH: 0x3f, BLOCKHASH: 0x40, POP: 0x50, MLOAD: 0x51, MSTORE: 0x52, MSTORE8: 0x53, SLOAD: 0x54,
  SSTORE: 0x55, JUMP: 0x56, JUMPI: 0x57, GAS: 0x5a, JUMPDEST: 0x5b, TLOAD: 0x5c, TSTORE: 0x5d, MCOPY: 0x5e, PUSH0: 0x5f, DUP1: 0x80,
  SWAP1: 0x90, LOG0: 0xa0, CREATE: 0xf0, CALL: 0xf1, CALLCODE: 0xf2, RETURN: 0xf3, DELEGATECALL: 0xf4, CREATE2: 0xf5,
  STATICCALL: 0xfa, REVERT: 0xfd, INVALID: 0xfe, SELFDESTRUCT: 0xff,
};

const binary = [0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x0b, 0x10, 0x11, 0x12, 0x13, 0x14, 0x16, 0x17, 0x18, 0x1a, 0x1b, 0x1c, 0x1d];
// ADDRESS ORIGIN CALLER CALLVALUE CALLDATASIZE CODESIZE GASPRICE RETURNDATASIZE, the block's, PC MSIZE GAS.
const questions = [0x30, 0x32, 0x33, 0x34, 0x36, 0x38, 0x3a, 0x3d, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x58, 0x59, 0x5a];

// mulberry32: small, and the same on every machine.
export class Random {
  constructor(seed) { this.state = seed >>> 0; }
  next() {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  }
  below(n) { return this.next() % n; }
  chance(percent) { return this.below(100) < percent; }
  pick(list) { return list[this.below(list.length)]; }
  bytes(n) { return Array.from({ length: n }, () => this.below(256)); }
}

export class Writer {
  /** @param random the source of choices @param world addresses that programs talk to @param depth how deep constructors nest */
  constructor(random, world, depth = 0) {
    this.random = random;
    this.world = world;
    this.depth = depth;
    this.code = [];
  }

  emit(...bytes) { this.code.push(...bytes); }

  push(value) {
    let hex = BigInt(value).toString(16);
    if (hex.length % 2) hex = '0' + hex;
    const bytes = Buffer.from(hex, 'hex');
    if (BigInt(value) === 0n && this.random.chance(50)) this.emit(op.PUSH0);
    else this.emit(0x5f + bytes.length, ...bytes);
  }

  constant() {
    const r = this.random;
    switch (r.below(8)) {
      case 0: case 1: case 2: return BigInt(r.below(40));
      case 3: return 1n << BigInt(r.below(256));
      case 4: return (1n << BigInt(r.below(256))) - 1n;
      case 5: return (1n << 256n) - 1n - BigInt(r.below(300));
      case 6: return BigInt('0x' + Buffer.from(r.bytes(1 + r.below(32))).toString('hex'));
      default: return BigInt(r.pick(this.world.addresses));
    }
  }

  /** Leaves one word on the stack. */
  expression(depth = 0) {
    const r = this.random;
    const kind = depth > 3 ? r.below(3) : r.below(20);
    switch (kind) {
      case 0: case 1: return this.push(this.constant());
      case 2: return this.emit(r.pick(questions));
      case 3: case 4: case 5: case 6: case 7: case 8: case 9:
        this.expression(depth + 1); this.expression(depth + 1);
        return this.emit(r.pick(binary));
      case 10: this.expression(depth + 1); return this.emit(r.pick([op.ISZERO, op.NOT]));
      case 11: for (let i = 0; i < 3; i++) this.expression(depth + 1); return this.emit(r.pick([0x08, 0x09]));
      case 12: this.push(r.below(4)); this.expression(depth + 1); return this.emit(op.EXP);
      case 13: this.push(r.below(100)); return this.emit(r.pick([op.CALLDATALOAD, op.MLOAD]));
      case 14: this.push(r.below(6)); return this.emit(r.pick([op.SLOAD, op.SLOAD, op.TLOAD]));
      case 15: this.push(r.below(70)); this.push(r.below(100)); return this.emit(op.KECCAK256);
      case 16: this.push(BigInt(r.pick(this.world.addresses))); return this.emit(r.pick([op.BALANCE, op.EXTCODESIZE, op.EXTCODEHASH]));
      case 17: this.push(this.world.number - BigInt(r.below(300))); return this.emit(op.BLOCKHASH);
      case 18: {
        const words = 2 + r.below(r.chance(20) ? 16 : 6);
        for (let i = 0; i < words; i++) this.expression(3);
        this.emit(op.DUP1 + r.below(Math.min(words, 16)), op.SWAP1 + r.below(Math.min(words, 16)));
        for (let i = 0; i < words; i++) this.emit(i % 2 ? op.ADD : 0x18);
        return;
      }
      default: return this.call();
    }
  }

  /** A call; leaves its success on the stack. */
  call() {
    const r = this.random;
    const kind = r.pick([op.CALL, op.CALL, op.CALL, op.DELEGATECALL, op.STATICCALL, op.CALLCODE]);
    const precompile = r.chance(20);
    const to = precompile ? BigInt(r.pick([1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6])) : BigInt(r.pick(this.world.addresses));
    const valued = kind === op.CALL || kind === op.CALLCODE;
    if (precompile) this.precompileInput(Number(to));
    this.push(r.below(3) * 32); this.push(r.below(64));
    this.push(precompile && r.chance(80) ? 128 + r.below(2) : r.below(100)); this.push(precompile ? 0 : r.below(64));
    if (valued) this.push(!precompile && r.chance(35) ? r.below(30) : 0);
    this.push(to);
    if (r.chance(60)) this.emit(op.GAS);
    else this.push(r.pick([0, 700, 5000, 30000, 100000]));
    this.emit(kind);
  }

  precompileInput(number) {
    const r = this.random;
    const store = (place, value) => { this.push(value); this.push(place); this.emit(op.MSTORE); };
    if (number === 1) {
      const signature = r.pick(this.world.signatures);
      [signature.digest, signature.v, signature.r, signature.s].forEach((value, i) => store(32 * i, r.chance(92) ? value : this.constant()));
    } else if (number === 5) {
      [r.below(34), r.below(34), r.below(34)].forEach((length, i) => store(32 * i, length));
      store(96, this.constant());
    }
  }

  /** Leaves the stack as it was. */
  statement(loops = 0) {
    const r = this.random;
    switch (r.below(24)) {
      case 0: case 1: case 2: case 3: this.expression(); this.push(r.below(6)); return this.emit(op.SSTORE);
      case 4: case 5: case 6: this.expression(); this.push(r.below(120)); return this.emit(r.pick([op.MSTORE, op.MSTORE, op.MSTORE8]));
      case 7: this.expression(); this.push(r.below(6)); return this.emit(op.TSTORE);
      case 8: {
        const topics = r.below(5);
        for (let i = 0; i < topics; i++) this.expression(2);
        this.push(r.below(70)); this.push(r.below(64));
        return this.emit(op.LOG0 + topics);
      }
      case 9:
        this.push(r.below(80)); r.chance(90) ? this.push(r.below(80)) : this.expression(); this.push(r.below(80));
        return this.emit(r.pick([op.CALLDATACOPY, op.CODECOPY, op.MCOPY]));
      case 10:
        this.push(r.below(50)); this.push(r.below(20)); this.push(r.below(50)); this.push(BigInt(r.pick(this.world.addresses)));
        return this.emit(op.EXTCODECOPY);
      case 11:
        if (r.chance(95)) { this.emit(op.RETURNDATASIZE); this.push(0); } else { this.push(r.below(40)); this.push(r.below(10)); }
        this.push(r.below(64));
        return this.emit(op.RETURNDATACOPY);
      case 12: case 13: case 14: {
        this.call();
        this.push(r.below(6));
        return this.emit(op.SSTORE);
      }
      case 15: case 16: case 17: return this.conditional(loops);
      case 18: case 19: return loops < 2 ? this.loop(loops) : this.statement(loops);
      case 20: case 21: return this.create();
      case 22: return r.chance(12) ? this.end() : this.statement(loops);
      default: this.expression(); return this.emit(op.POP);
    }
  }

  /** Jumps over statements if an expression says so. */
  conditional(loops) {
    const inner = this.child(loops, 1 + this.random.below(2));
    this.expression();
    this.jumpOver(op.JUMPI, inner);
  }

  jumpOver(jump, inner) {
    // PUSH2 target, jump, the inner code, JUMPDEST: the target is known because the inner code has no absolute positions of its own
    // before it is written in place.
    const place = this.code.length;
    this.emit(0x61, 0, 0, jump);
    inner();
    const target = this.code.length;
    this.emit(op.JUMPDEST);
    this.code[place + 1] = target >> 8;
    this.code[place + 2] = target & 0xff;
  }

  child(loops, statements) {
    return () => { for (let i = 0; i < statements; i++) this.statement(loops); };
  }

  /** Counts down on the stack, below what the statements use. */
  loop(loops) {
    this.push(1 + this.random.below(3));
    const start = this.code.length;
    this.emit(op.JUMPDEST);
    for (let i = 1 + this.random.below(2); i > 0; i--) this.statement(loops + 1);
    this.push(1);
    this.emit(op.SWAP1, op.SUB, op.DUP1, 0x61, start >> 8, start & 0xff, op.JUMPI, op.POP);
  }

  /** Creates a contract out of memory, sometimes calls it, and keeps its address. */
  create() {
    const r = this.random;
    const code = constructor(r, this.world, this.depth + 1);
    for (let i = 0; i < code.length; i += 32) {
      const word = Buffer.alloc(32);
      Buffer.from(code.slice(i, i + 32)).copy(word);
      this.emit(0x7f, ...word);
      this.push(i);
      this.emit(op.MSTORE);
    }
    const twice = r.chance(50);
    if (twice) this.push(r.below(3));
    this.push(code.length); this.push(0); this.push(r.chance(30) ? r.below(20) : 0);
    this.emit(twice ? op.CREATE2 : op.CREATE);
    if (r.chance(60)) {
      this.emit(op.DUP1);
      this.push(0); this.push(0); this.push(r.below(32)); this.push(0); this.push(r.chance(30) ? r.below(5) : 0);
      this.emit(0x85, op.GAS, op.CALL, op.POP, op.POP);
    }
    this.push(r.below(6));
    this.emit(op.SSTORE);
  }

  /** Ends the program. */
  end() {
    const r = this.random;
    const kind = r.below(12);
    if (kind < 6) { this.push(r.below(100)); this.push(r.below(64)); this.emit(op.RETURN); }
    else if (kind < 9) { this.push(r.below(100)); this.push(r.below(64)); this.emit(op.REVERT); }
    else if (kind < 10) { this.push(BigInt(r.pick(this.world.existing))); this.emit(op.SELFDESTRUCT); }
    else if (kind < 11) this.emit(op.STOP);
    else this.emit(op.INVALID);
  }

  program(statements) {
    for (let i = 0; i < statements; i++) this.statement();
    this.end();
    return this.code;
  }
}

/** A constructor that does something and returns code, most of the time. */
function constructor(random, world, depth) {
  const writer = new Writer(random, world, depth);
  if (depth < 3) for (let i = random.below(2); i > 0; i--) writer.statement(2);
  const runtime = depth > 1 ? [op.STOP] : new Writer(random, world, 3).program(1 + random.below(2));
  if (random.chance(8)) { writer.end(); return writer.code; }
  const code = random.chance(3) ? [0xef, ...runtime] : runtime;
  // PUSH2 size, PUSH2 place, PUSH1 0, CODECOPY, PUSH2 size, PUSH1 0, RETURN: 15 bytes.
  const place = writer.code.length + 15;
  writer.emit(0x61, code.length >> 8, code.length & 0xff, 0x61, place >> 8, place & 0xff, 0x60, 0, op.CODECOPY);
  writer.emit(0x61, code.length >> 8, code.length & 0xff, 0x60, 0, op.RETURN, ...code);
  return writer.code;
}

const hex = bytes => '0x' + Buffer.from(bytes).toString('hex');
const address = last => '0x' + last.toString(16).padStart(40, '0');

/** One program with the world it runs in. */
export function generate(seed, signatures) {
  const random = new Random(seed);
  const contracts = [address(0xc001), address(0xc002), address(0xc003)];
  const plain = address(0xd001);
  const sender = address(0xaa01);
  const existing = [...contracts, plain, sender];
  // Contracts call the later ones mostly, because circles use up all energy; in some worlds there are circles too.
  const circles = random.chance(20);
  const world = first => ({
    addresses: [...contracts.slice(first), ...contracts.slice(first), ...(circles ? contracts : []), plain, address(0xd002)],
    existing, number: 1000n, signatures,
  });
  const accounts = contracts.map((at, i) => {
    const code = new Writer(random, world(i + 1)).program(i === 0 ? 3 + random.below(10) : 1 + random.below(5));
    // Damage: a byte of one program in ten is another one.
    if (random.chance(10)) code[random.below(code.length)] = random.below(256);
    const storage = Array.from({ length: random.below(4) }, () => [BigInt(random.below(6)), BigInt(1 + random.below(1000))]);
    return { address: at, balance: 1 + random.below(1000), code: hex(code), storage: storage.map(([k, v]) => [k.toString(), v.toString()]) };
  });
  accounts.push({ address: plain, balance: 5, code: '0x', storage: [] }, { address: sender, balance: 1_000_000, code: '0x', storage: [] });
  const deploys = random.chance(15);
  return {
    seed, accounts, from: sender, to: deploys ? null : contracts[0],
    data: hex(deploys ? constructor(random, world(0), 0) : random.bytes(random.below(100))),
    value: random.chance(40) ? random.below(500) : 0,
    limit: random.pick([3_000 + random.below(60_000), 300_000, 1_000_000, 3_000_000, 3_000_000, 3_000_000]),
    keepsOne64th: random.chance(50),
    transactionId: hex(random.bytes(32)),
    block: { number: 1000, timestamp: 1_700_000_001, chainId: 728126428, coinbase: address(0xbb01), energyPrice: 100 },
  };
}
