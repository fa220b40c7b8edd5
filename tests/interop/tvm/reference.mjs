// @ethereumjs/evm made to charge and behave like TRON's machine where that differs from Ethereum's. What is written here follows
// java-tron and knows nothing of our machine; everything else is the library's.
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';

const word = value => Buffer.from(BigInt(value).toString(16).padStart(64, '0'), 'hex');
const hex = bytes => '0x' + Buffer.from(bytes).toString('hex');
const sha256 = data => createHash('sha256').update(data).digest();

// Prices that are not Ethereum's at the level "shanghai".
const prices = {
  mloadGas: 1, mstoreGas: 1, mstore8Gas: 1, calldatacopyGas: 0, codecopyGas: 0, returndatacopyGas: 0, expByteGas: 10, sloadGas: 50,
  callGas: 40, callcodeGas: 40, delegatecallGas: 40, staticcallGas: 40, balanceGas: 20, extcodesizeGas: 20, extcodecopyGas: 20,
  extcodehashGas: 400, selfdestructGas: 0, initCodeWordGas: 0, coldsloadGas: 0, coldaccountaccessGas: 0, warmstoragereadGas: 0,
  stackLimit: 64, // of calls; that of the stack is a constant in the library
};
const DIFFERENT = [0xd0, 0xd1, 0xd2, 0xd3, 0xd4];

export class Reference {
  constructor(modules) {
    const require = createRequire(modules + '/');
    this.evm = require('@ethereumjs/evm');
    this.common = require('@ethereumjs/common');
    this.state = require('@ethereumjs/statemanager');
    this.util = require('@ethereumjs/util');
    this.keccak = require('@noble/hashes/sha3.js').keccak_256;
    this.curve = require('@noble/curves/secp256k1.js').secp256k1;
    this.params = structuredClone(this.evm.paramsEVM);
    for (const group of Object.values(this.params))
      for (const [name, price] of Object.entries(prices)) if (name in group) group[name] = price;
  }

  /** Signatures for ecrecover, half of them with high s. */
  signatures(count) {
    return Array.from({ length: count }, (_, i) => {
      const digest = this.keccak(Buffer.from(`digest ${i}`));
      const bytes = this.curve.sign(digest, sha256(`key ${i}`), { prehash: false, format: 'recovered' });
      let [recovery, r, s] = [bytes[0], BigInt(hex(bytes.subarray(1, 33))), BigInt(hex(bytes.subarray(33)))];
      if (i % 2) [recovery, s] = [1 - recovery, this.curve.Point.Fn.ORDER - s];
      return { digest: BigInt(hex(digest)), v: 27 + recovery, r, s };
    });
  }

  /** The outcome, or null for a program that met what the two machines do differently by design. */
  async run(program) {
    const { createEVM, EVMError } = this.evm;
    const { Account, createAddressFromString } = this.util;
    const common = new this.common.Common({
      chain: { ...this.common.Mainnet, chainId: program.block.chainId }, hardfork: this.common.Hardfork.Shanghai, eips: [5656, 1153],
    });
    const stateManager = new this.state.SimpleStateManager({ common });
    for (const account of program.accounts) {
      const at = createAddressFromString(account.address);
      await stateManager.putAccount(at, new Account(0n, BigInt(account.balance)));
      if (account.code !== '0x') await stateManager.putCode(at, Buffer.from(account.code.slice(2), 'hex'));
      for (const [slot, value] of account.storage) await stateManager.putStorage(at, word(slot), this.util.bigIntToBytes(BigInt(value)));
    }
    let different = false;
    const refuse = () => { throw new EVMError(EVMError.errorMessages.INVALID_OPCODE); };
    const evm = await createEVM({
      common, stateManager, params: this.params, allowUnlimitedContractSize: true, allowUnlimitedInitCodeSize: true,
      blockchain: { getBlock: async number => ({ hash: () => Buffer.concat([Buffer.from([0xb1]), word(number).subarray(1)]) }) },
      customOpcodes: DIFFERENT.map(opcode => ({
        opcode, opcodeName: `TRC${opcode}`, baseFee: 0, logicFunction: () => { different = true; refuse(); },
      })),
    });
    this.addPrecompiles(evm);
    this.addAddresses(evm, program);
    this.addStoragePrice(evm);
    this.addCalls(evm, program, () => { different = true; });
    const { block } = program;
    const { execResult, createdAddress } = await evm.runCall({
      caller: createAddressFromString(program.from), origin: createAddressFromString(program.from),
      to: program.to === null ? undefined : createAddressFromString(program.to), data: Buffer.from(program.data.slice(2), 'hex'),
      value: BigInt(program.value), gasLimit: BigInt(program.limit),
      block: {
        header: {
          number: BigInt(block.number), timestamp: BigInt(block.timestamp), coinbase: createAddressFromString(block.coinbase), gasLimit: 0n,
          difficulty: 0n, prevRandao: Buffer.alloc(32), baseFeePerGas: BigInt(block.energyPrice),
        },
      },
    });
    if (different) return null;
    const error = execResult.exceptionError?.error;
    const success = error === undefined;
    for (const destroyed of execResult.selfdestruct?.keys() ?? []) {
      const at = createAddressFromString(destroyed);
      await stateManager.clearStorage(at);
      await stateManager.putCode(at, new Uint8Array(0));
      await stateManager.deleteAccount(at);
    }
    return {
      status: success ? 'success' : error === EVMError.errorMessages.REVERT ? 'revert' : 'halt',
      error,
      output: success || error === EVMError.errorMessages.REVERT ? hex(execResult.returnValue) : '0x',
      energy: Number(execResult.executionGasUsed),
      created: success && program.to === null ? createdAddress.toString() : null,
      logs: (success ? execResult.logs ?? [] : []).map(([at, topics, data]) => [hex(at), topics.map(hex), hex(data)]),
      accounts: this.picture(stateManager),
    };
  }

  /** Every account with something in it. */
  picture(stateManager) {
    const picture = {};
    for (const [at, account] of stateManager.topAccountStack()) {
      const code = hex(stateManager.topCodeStack().get(at) ?? []);
      const balance = Number(account?.balance ?? 0n);
      if (code !== '0x' || balance) picture[at] = { balance, code, storage: {} };
    }
    for (const [key, value] of stateManager.topStorageStack()) {
      const [at, slot] = key.split('_');
      if (!value.some(byte => byte)) continue;
      picture[at] ??= { balance: 0, code: '0x', storage: {} };
      picture[at].storage[slot] = hex(word(hex(value)));
    }
    return picture;
  }

  addPrecompiles(evm) {
    const { EVMError } = this.evm;
    const name = number => number.toString(16).padStart(40, '0');
    const error = new EVMError(EVMError.errorMessages.OUT_OF_GAS);
    const fail = input => ({ returnValue: new Uint8Array(0), executionGasUsed: input.gasLimit, exceptionError: error });
    const priced = (price, run) => input => {
      const cost = price(input.data);
      return cost > input.gasLimit ? fail(input) : { executionGasUsed: cost, returnValue: run(input.data) };
    };
    const words = data => BigInt(Math.ceil(data.length / 32));
    const recover = evm._precompiles.get(name(1));
    evm._precompiles.set(name(1), async input => {
      const result = await recover(input);
      if (result.returnValue.length === 32) result.returnValue[11] = 0x41;
      return result;
    });
    evm._precompiles.set(name(3), priced(data => 600n + 120n * words(data), data => sha256(sha256(data).subarray(0, 20))));
    evm._precompiles.set(name(5), priced(powerPrice, power));
    for (const number of [6, 7, 8, 9, 10]) evm._precompiles.set(name(number), fail);
  }

  /** CREATE: transaction id and a count of all messages so far; CREATE2: 0x41 for 0xff. */
  addAddresses(evm, program) {
    const { Address } = this.util;
    let messages = -1;
    evm.events.on('beforeMessage', message => {
      if (message.to === undefined || evm.getPrecompile(message.codeAddress) === undefined) messages++;
    });
    evm._generateAddress = async message => {
      const parts =
        message.salt ? [[0x41], message.caller.bytes, message.salt, this.keccak(message.code)]
        : message.depth === 0 ? [Buffer.from(program.transactionId.slice(2), 'hex'), [0x41], message.caller.bytes]
        : [Buffer.from(program.transactionId.slice(2), 'hex'), word(messages - 1).subarray(24)];
      return new Address(this.keccak(Buffer.concat(parts.map(part => Buffer.from(part)))).subarray(12));
    };
    const destroy = evm._opcodeMap[0xff];
    const handler = destroy.opHandler;
    destroy.opHandler = (...args) => { messages++; return handler(...args); };
  }

  /** 20,000 for a value into a slot not in use, else 5,000; written to in this transaction, by whatever was not undone, is in use. */
  addStoragePrice(evm) {
    const written = [];
    const marks = [];
    evm.events.on('beforeMessage', () => { marks.push(written.length); });
    evm.events.on('afterMessage', result => {
      const mark = marks.pop();
      if (result.execResult.exceptionError !== undefined) written.length = mark;
    });
    evm._opcodeMap[0x55].gasHandler = async (runState, gas) => {
      if (runState.interpreter.isStatic()) throw new this.evm.EVMError(this.evm.EVMError.errorMessages.STATIC_STATE_CHANGE);
      const [slot, value] = runState.stack.peek(2);
      const at = runState.interpreter.getAddress();
      const key = `${at}_${slot}`;
      const now = await runState.stateManager.getStorage(at, word(slot));
      const price = value === 0n || now.some(byte => byte) || written.includes(key) ? 5000n : 20000n;
      written.push(key);
      return gas + price;
    };
  }

  /** Without the rule of one 64th a callee may have all; and calls that only TRON refuses are noticed. */
  addCalls(evm, program, differs) {
    const wrap = (opcode, after) => {
      const inner = evm._opcodeMap[opcode].gasHandler;
      evm._opcodeMap[opcode] = { ...evm._opcodeMap[opcode], gasHandler: async (runState, gas, common) => {
        const price = await inner(runState, gas, common);
        await after(runState, price);
        return price;
      } };
    };
    for (const opcode of [0xf1, 0xf2, 0xf4, 0xfa]) {
      wrap(opcode, (runState, price) => {
        const [energy, to, value] = runState.stack.peek(3);
        if (!program.keepsOne64th) {
          const left = runState.interpreter.getGasLeft() - price;
          runState.messageGasLimit = energy > left ? left : energy;
        }
        // Numbers that are no address, sums that are no int64, transfers to oneself, to precompiles.
        const self = BigInt(runState.interpreter.getAddress().toString());
        const sends = opcode === 0xf1 && value > 0n;
        if (to >> 160n || ((opcode === 0xf1 || opcode === 0xf2) && value >> 63n) || (sends && (to === self || to <= 10n))) differs();
      });
    }
    for (const opcode of [0xf0, 0xf5]) {
      wrap(opcode, (runState, price) => {
        if (!program.keepsOne64th) runState.messageGasLimit = runState.interpreter.getGasLeft() - price;
        if (runState.stack.peek(1)[0] >> 63n) differs();
      });
    }
    wrap(0xff, async runState => {
      const [heir] = runState.stack.peek(1);
      const at = new this.util.Address(word(heir & ((1n << 160n) - 1n)).subarray(12));
      const account = await runState.stateManager.getAccount(at);
      if (account === undefined || account.isEmpty()) differs();
    });
  }
}

/** EIP-198. */
function powerPrice(data) {
  const padded = Buffer.concat([data, Buffer.alloc(4096)]);
  const at = (offset, length) => BigInt('0x0' + padded.subarray(offset, offset + length).toString('hex'));
  const [base, exponent, modulus] = [at(0, 32), at(32, 32), at(64, 32)];
  const longest = base > modulus ? base : modulus;
  const complexity =
    longest <= 64n ? longest * longest
    : longest <= 1024n ? longest * longest / 4n + 96n * longest - 3072n
    : longest * longest / 16n + 480n * longest - 199680n;
  const head = base > BigInt(data.length) ? 0n : at(96 + Number(base), Number(exponent < 32n ? exponent : 32n));
  let adjusted = head > 0n ? BigInt(head.toString(2).length - 1) : 0n;
  if (exponent > 32n) adjusted += 8n * (exponent - 32n);
  return complexity * (adjusted > 1n ? adjusted : 1n) / 20n;
}

function power(data) {
  const padded = Buffer.concat([data, Buffer.alloc(4096)]);
  const at = (offset, length) => BigInt('0x0' + padded.subarray(offset, offset + length).toString('hex'));
  const [base, exponent, modulus] = [0, 32, 64].map(offset => Number(at(offset, 32)));
  const m = at(96 + base + exponent, modulus);
  if (m === 0n) return new Uint8Array(0);
  let [x, e, result] = [at(96, base) % m, at(96 + base, exponent), 1n % m];
  for (; e > 0n; e >>= 1n) {
    if (e & 1n) result = result * x % m;
    x = x * x % m;
  }
  return Buffer.from(result.toString(16).padStart(2 * modulus, '0'), 'hex');
}
