// What we hash, sign, encode and encrypt means the same to TronWeb and ethers, and the reverse.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { Shell, client } from './ours.mjs';
import { fieldsOf, makeCase, structures } from './typed-data.mjs';

const [modules, program, bttproxy, scratch, ...options] = process.argv.slice(2);
const option = (name, otherwise) => options.includes(name) ? options[options.indexOf(name) + 1] : otherwise;
const cases = Number(option('--cases', 40));
const require = createRequire(join(resolve(modules), 'package.json'));
const { TronWeb, utils } = require('tronweb');
const ethers = require('ethers');
const tronWeb = new TronWeb({ fullHost: 'http://127.0.0.1:9' });   // nobody is there: all of this works without a node
const Trx = tronWeb.trx.constructor;
const ours = new Shell(program);
const wallet = client(bttproxy);

const random = {
  seed: option('--seed', 'tronweb'), count: 0,
  bytes(length) { return createHash('sha512').update(`${this.seed}/${this.count++}`).digest().subarray(0, length); },
  number(bits) { return BigInt('0x' + this.bytes(32).toString('hex')) >> (256n - bits); },
  key() { return this.bytes(32).toString('hex'); },
  address() { return TronWeb.address.fromHex('41' + this.bytes(20).toString('hex')); },
};

let passed = 0, failed = 0;
async function check(name, body) {
  try { await body(); passed++; console.log(`ok ${name}`); }
  catch (failure) { failed++; console.log(`FAILED ${name}: ${failure.message}`); }
}
function same(what, theirs, mine) {
  const plain = value => JSON.stringify(value, (_, part) => typeof part === 'bigint' ? part.toString() : part);
  if (plain(theirs) !== plain(mine)) throw new Error(`${what}: ${plain(theirs)} there, ${plain(mine)} here`);
}
const sha256 = bytes => createHash('sha256').update(bytes).digest('hex');
const flipped = signature => signature.slice(0, 130) + (signature.slice(130).toLowerCase() === '1b' ? '1c' : '1b');

// ------------------------------------------------------------------ typed data
for (const structure of structures) {
  const fields = fieldsOf(structure);
  const made = Array.from({ length: cases }, (_, n) => makeCase(structure, n, random));
  const document = (one, signature) => ({ primaryType: structure, domain: one.domain, value: one.value, signature });
  for (const one of made) {
    one.address = TronWeb.address.fromPrivateKey(one.key);
    one.ours = await ours.ask('sign', { document: document(one, '0x'), key: one.key });
    one.theirs = Trx.signTypedData(one.domain, fields, one.value, one.key);
  }
  await check(`${structure}: ${cases} hashes are TronWeb's`, () => {
    for (const { domain, value, ours } of made) {
      same('domain separator', utils.typedData.TypedDataEncoder.hashDomain(domain), ours.separator);
      same('structure', utils.typedData.TypedDataEncoder.from(fields).hash(value), ours.structHash);
      same('digest', utils.typedData.TypedDataEncoder.hash(domain, fields, value), ours.digest);
    }
  });
  await check(`${structure}: our signatures verify in TronWeb, and for nobody else`, () => {
    for (const { domain, value, ours, address } of made) {
      same('signer', address, ours.signer);
      same('verdict', Trx.verifyTypedData(domain, fields, value, ours.signature, address), true);
      let stranger;
      try { stranger = Trx.verifyTypedData(domain, fields, value, ours.signature, random.address()); } catch { stranger = false; }
      same('verdict for a stranger', stranger, false);
    }
  });
  await check(`${structure}: TronWeb's signatures verify here`, async () => {
    for (const one of made) {
      same('signature', one.theirs.toLowerCase(), one.ours.signature);
      const verdict = await ours.ask('verify', { document: document(one, one.theirs) });
      same('verdict', { agree: true, verdict: 'Valid', signer: one.address }, verdict);
    }
  });
  await check(`${structure}: a signature with the other v is another signer's, or nobody's`, async () => {
    for (const one of made) {
      const verdict = await ours.ask('verify', { document: document(one, flipped(one.theirs)) });
      same('agreement', true, verdict.agree);
      let theirs = null;
      try { theirs = utils.typedData.verifyTypedData(one.domain, fields, one.value, flipped(one.theirs)); } catch { /* recovers nobody */ }
      if (verdict.signer === one.address) throw new Error('taken as the key\'s own');
      if (theirs) same('signer', TronWeb.address.fromHex('41' + theirs.replace(/^(0x|41)/, '')), verdict.signer);
      else same('signer', null, verdict.signer);
    }
  });
}

// ------------------------------------------------------------------ addresses
await check(`${cases} addresses are the same text and the same bytes`, async () => {
  const texts = ['410000000000000000000000000000000000000000', '41' + 'ff'.repeat(20)];
  while (texts.length < cases) texts.push('41' + random.bytes(20).toString('hex'));
  for (const hex of texts) {
    const text = TronWeb.address.fromHex(hex);
    same('text', text, (await ours.ask('base58', { hex })).text);
    same('bytes', TronWeb.address.toHex(text).toLowerCase(), (await ours.ask('hex', { text })).hex);
  }
});
await check(`${cases} damaged addresses are refused on both sides`, async () => {
  for (let n = 0; n < cases; n++) {
    const text = random.address(), at = 1 + n % 33;
    const damaged = text.slice(0, at) + (text[at] === 'a' ? 'b' : 'a') + text.slice(at + 1);
    same(damaged, TronWeb.isAddress(damaged), false);
    same(damaged, null, (await ours.ask('hex', { text: damaged })).hex);
  }
});

// ------------------------------------------------------------------ transactions
const chain = await ours.ask('chain');
const block = chain.block.replace(/^0x/, '');
const blockHeader = { ref_block_bytes: block.slice(12, 16), ref_block_hash: block.slice(16, 32) };
const token = chain.token, rich = TronWeb.address.fromPrivateKey(chain.key);
const { Transaction } = globalThis.TronWebProto;
const hex = bytes => Buffer.from(bytes).toString('hex');

/** The same operation built by TronWeb and by us. */
async function build(type, n, key, owner) {
  const to = random.address(), timestamp = chain.time + n, expiration = chain.time + 600_000 + n;
  const header = { blockHeader: { ...blockHeader, timestamp, expiration } };
  const terms = { key, reference: chain.block, timestamp, expiration };
  if (type === 'TransferContract') {
    const sun = n === 0 ? 1 : n === 1 ? Number.MAX_SAFE_INTEGER : Number(random.number(24n)) + 1;
    return { theirs: await tronWeb.transactionBuilder.sendTrx(to, sun, owner, header), ours: await ours.ask('transaction', { ...terms, to, sun }) };
  }
  const amount = [0n, 1n, 2n ** 112n - 1n, 2n ** 127n][n] ?? random.number(100n), feeLimit = 100_000_000 + n;
  const { transaction } = await tronWeb.transactionBuilder._triggerSmartContractLocal(token, 'transfer(address,uint256)',
    { feeLimit, callValue: 0, ...header }, [{ type: 'address', value: to }, { type: 'uint256', value: amount.toString() }], owner);
  const data = transaction.raw_data.contract[0].parameter.value.data;
  return { theirs: transaction, ours: await ours.ask('transaction', { ...terms, to: token, hex: data, feeLimit }) };
}

for (const type of ['TransferContract', 'TriggerSmartContract']) {
  await check(`${type}: ${cases} of ours have TronWeb's bytes, id and signer`, async () => {
    for (let n = 0; n < cases; n++) {
      const key = random.key(), owner = TronWeb.address.fromPrivateKey(key);
      const { theirs, ours: mine } = await build(type, n, key, owner);
      const whole = Transaction.deserializeBinary(Buffer.from(mine.encoded, 'hex'));
      const raw = hex(whole.getRawData().serializeBinary());
      same('raw data', theirs.raw_data_hex, raw);
      same('id', sha256(Buffer.from(raw, 'hex')), mine.id);
      // What TronWeb reads in our bytes it would write and number in the same way.
      const read = { ...theirs, raw_data: { ...theirs.raw_data, ...utils.deserializeTx.deserializeTransaction(type, raw) } };
      same('id of what TronWeb reads', utils.transaction.txPbToTxID(utils.transaction.txJsonToPb(read)).replace(/^0x/, ''), mine.id);
      const signature = hex(whole.getSignatureList_asU8()[0]);
      same('signer', TronWeb.address.fromHex(Trx.ecRecover({ ...theirs, txID: mine.id, signature: [signature] })), owner);
    }
  });
  await check(`${type}: TronWeb's are decoded here and run on our node`, async () => {
    for (let n = 2; n < 8; n++) {
      const { theirs } = await build(type, 100 + n, chain.key, rich);
      const signed = await tronWeb.trx.sign(theirs, chain.key);
      const message = utils.transaction.txJsonToPb(signed);
      message.addSignature(Buffer.from(signed.signature[0].replace(/^0x/, ''), 'hex'));
      const outcome = await ours.ask('send', { hex: hex(message.serializeBinary()) });
      same('id', signed.txID, outcome.id);
      same('status', 'Success', outcome.status);
    }
  });
}
ours.end();

// ------------------------------------------------------------------ wallet files
const file = name => join(scratch, name);
const write = (name, text) => { writeFileSync(file(name), text, { mode: 0o600 }); return file(name); };
const password = 'Grüße, ₿ and \\ "quotes"', other = 'of the other program';
const passwordFile = write('password', password + '\n'), otherFile = write('other', other);
await check('a wallet file of ours opens in ethers', async () => {
  wallet('wallet', 'new', '--wallet', file('new.json'), '--password-file', passwordFile);
  wallet('wallet', 'export', '--wallet', file('new.json'), '--password-file', passwordFile, '-o', file('key'));
  const opened = await ethers.Wallet.fromEncryptedJson(readFileSync(file('new.json'), 'utf8'), password);
  same('key', opened.privateKey, '0x' + readFileSync(file('key'), 'utf8').trim());
  const inspected = JSON.parse(readFileSync(file('new.json'), 'utf8')).address;
  same('address', opened.address.toLowerCase(), '0x' + inspected);
  let refused = false;
  try { await ethers.Wallet.fromEncryptedJson(readFileSync(file('new.json'), 'utf8'), other); } catch { refused = true; }
  same('a wrong password is refused', refused, true);
});
await check('an exported keystore opens in ethers', async () => {
  wallet('wallet', 'export', '--keystore', '--wallet', file('new.json'), '--password-file', passwordFile, '-o', file('exported.json'));
  const opened = await ethers.Wallet.fromEncryptedJson(readFileSync(file('exported.json'), 'utf8'), password);
  same('key', opened.privateKey, '0x' + readFileSync(file('key'), 'utf8').trim());
});
for (const [kind, key] of [['random', random.key()], ['with leading zeros', '00'.repeat(3) + random.bytes(29).toString('hex')]]) {
  await check(`a keystore of ethers, key ${kind}, is imported`, async () => {
    const name = kind.replaceAll(' ', '-');
    const made = new ethers.Wallet('0x' + key);
    write(`${name}.json`, await ethers.encryptKeystoreJson(made, other, { scrypt: { N: 1 << 14, r: 8, p: 1 } }));
    const said = wallet('wallet', 'import', file(`${name}.json`), '--json', '--wallet', file(`${name}-ours.json`),
      '--password-file', passwordFile, '--keystore-password-file', otherFile);
    same('address', TronWeb.address.fromHex('41' + made.address.slice(2)), JSON.parse(said).address);
    wallet('wallet', 'export', '--wallet', file(`${name}-ours.json`), '--password-file', passwordFile, '-o', file(`${name}-key`));
    same('key', key, readFileSync(file(`${name}-key`), 'utf8').trim());
  });
}

console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;
