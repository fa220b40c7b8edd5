// The five structures that are signed, with random and extreme values.
const types = {
  Channel: ['address payer', 'address signer', 'address payee', 'address payeeAuthorizer', 'address token', 'uint40 withdrawDelay', 'bytes32 salt'],
  OpenChannel: ['bytes32 channelId', 'uint128 amount', 'uint64 epoch', 'uint40 deadline'],
  Voucher: ['bytes32 channelId', 'uint64 epoch', 'uint128 cumulativeAmount'],
  CooperativeClose: ['bytes32 channelId', 'uint64 epoch', 'uint128 finalAmount', 'uint40 deadline'],
  SessionRequest: ['bytes32 channelId', 'uint64 epoch', 'bytes32 recordHash', 'uint128 pricePerMegabyte', 'uint64 timestamp', 'bytes32 nonce'],
};
export const structures = Object.keys(types);
const edges = {
  uint40: [0n, 1n, 2n ** 40n - 1n],
  uint64: [0n, 1n, 2n ** 63n, 2n ** 64n - 1n],
  uint128: [0n, 1n, 2n ** 64n, 2n ** 112n - 1n, 2n ** 127n, 2n ** 128n - 1n],
};
const chains = [728126428, 3448148188, 2494104990, 199, 31337];

export const fieldsOf = structure => ({
  [structure]: types[structure].map(field => { const [type, name] = field.split(' '); return { name, type }; }),
});

/** The n-th case: the first ones carry the extreme values, the others random ones. */
export function makeCase(structure, n, random) {
  const value = {};
  for (const { name, type } of fieldsOf(structure)[structure]) {
    if (type === 'address') value[name] = random.address();
    else if (type === 'bytes32') value[name] = '0x' + (n === 0 ? '00'.repeat(32) : n === 1 ? 'ff'.repeat(32) : random.bytes(32).toString('hex'));
    else value[name] = (n < edges[type].length ? edges[type][n] : random.number(BigInt(type.slice(4)))).toString();
  }
  const domain = { name: 'BttChannels', version: '1', chainId: chains[n % chains.length], verifyingContract: random.address() };
  return { structure, domain, value, key: random.key() };
}
