// Makes tests/BttProxy.UnitTests/Vectors/abi-vectors.json with ethers, from the committed ABI: node make-abi-vectors.mjs ABI.json
// (needs: npm i --no-save ethers@6).
import fs from 'node:fs';
import { ethers } from 'ethers';

const abi = new ethers.Interface(JSON.parse(fs.readFileSync(process.argv[2])).abi);
const address = n => '0x' + n.toString(16).padStart(2, '0').repeat(20);
const word = n => '0x' + n.toString(16).padStart(2, '0').repeat(32);
const terms = salt => [address(0x11), address(0x22), address(0x33), address(0x44), address(0x55), 0xffffffffffn, word(salt)];
const signature = n => [word(n), word(n + 1), 27 + (n & 1)];
const supply = 990000000000000000000000000000000n;
const row = salt => [terms(salt), 7n, supply, signature(salt)];

const calls = Object.entries({
  deposit: [address(0x55), supply],
  withdraw: [address(0x55), 1n],
  open: [terms(0xa1), supply, 0xffffffffffffffffn, 1790000000n, signature(0x66)],
  claim: [[row(0xa1), row(0xa4)]],
  judge: [[]],
  closeCooperatively: [terms(0xa1), 3n, supply, 1790000000n, signature(0x66), signature(0x71)],
  requestWithdraw: [terms(0xa1)],
  finishWithdraw: [terms(0xa1), 3n],
  depositOf: [address(0x11), address(0x55)],
  channel: [word(0xcc)],
  channelIdOf: [terms(0xa1)],
  domainSeparator: [],
}).map(([name, values]) => ({ name, data: abi.encodeFunctionData(name, values) }));
const results = Object.entries({
  depositOf: [supply],
  channel: [supply, 5n, 4n, 1790000000n, true],
  domainSeparator: [word(0xdd)],
  judge: [[0, 1, 2, 3, 4, 5, 6]],
}).map(([name, values]) => ({ name, data: abi.encodeFunctionResult(name, values) }));
const events = Object.entries({
  Deposited: [address(0x11), address(0x55), supply],
  Withdrawn: [address(0x11), address(0x55), 9n],
  ChannelOpened: [word(0xcc), address(0x11), address(0x33), address(0x22), address(0x44), address(0x55), 0xffffffffffn, word(0xa1), 7n, supply],
  RowClaimed: [word(0xcc), 7n, 5n, supply],
  RowSkipped: [word(0xcc), 6, 7n, supply],
  PayoutDeferred: [address(0x33), address(0x55), supply],
  WithdrawRequested: [word(0xcc), 7n, 1790000000n],
  ChannelClosed: [word(0xcc), 7n, 6n, 5n, 4n],
}).map(([name, values]) => ({ name, ...abi.encodeEventLog(name, values) }));
const rejection = abi.encodeErrorResult('Rejected', [13]);
console.log(JSON.stringify({ generator: `ethers ${ethers.version}`, calls, results, events, rejection }, null, 1));
