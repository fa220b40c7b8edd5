// Run by ./build, which finds the compiler.
const fs = require('fs');
const path = require('path');
const solc = require('solc');

const tests = path.join(__dirname, '../../../tests/BttProxy.UnitTests/Tron/Contracts/World/Tokens');
const sources = [
  { language: 'Solidity', folder: __dirname, contracts: ['BttChannels'] },
  { language: 'Yul', folder: __dirname, contracts: ['Trc10Vault'] },
  { language: 'Solidity', folder: path.join(__dirname, '../../BttProxy.Devnet/Chain/Contracts'), contracts: ['Btt'] },
  { language: 'Solidity', folder: tests, contracts: fs.readdirSync(tests).filter(f => f.endsWith('.sol')).map(f => f.slice(0, -4)) },
];

function compile(language, folder, name) {
  const file = name + (language === 'Yul' ? '.yul' : '.sol');
  const input = {
    language,
    sources: { [file]: { content: fs.readFileSync(path.join(folder, file), 'utf8') } },
    settings: {
      // paris: what every node of TRON executes. Many runs: a claim's energy counts, its deployment once.
      evmVersion: 'paris',
      optimizer: { enabled: true, runs: 10000 },
      outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object', 'evm.deployedBytecode.object'] } },
      ...(language === 'Solidity' && { viaIR: true, metadata: { bytecodeHash: 'none', appendCBOR: false } }),
    },
  };
  const read = name => ({ contents: fs.readFileSync(path.join(folder, name), 'utf8') });
  const output = JSON.parse(solc.compile(JSON.stringify(input), { import: read }));
  const problems = (output.errors ?? []).filter(e => !e.formattedMessage.includes('Yul is still experimental'));
  if (problems.length > 0) {
    throw new Error(problems.map(e => e.formattedMessage).join('\n'));
  }
  const contract = output.contracts[file][name];
  return {
    contract: name,
    compiler: solc.version(),
    ...(contract.abi && { abi: contract.abi }),
    bytecode: contract.evm.bytecode.object,
    // What stands on the chain afterwards, byte for byte: it has no immutables.
    ...(name === 'BttChannels' && { runtime: contract.evm.deployedBytecode.object }),
  };
}

const check = process.argv.includes('--check');
let failed = 0;
for (const { language, folder, contracts } of sources) {
  for (const name of contracts) {
    const file = path.join(folder, name + '.json');
    const text = JSON.stringify(compile(language, folder, name), null, 1) + '\n';
    const same = fs.existsSync(file) && fs.readFileSync(file, 'utf8') === text;
    if (!check) {
      fs.writeFileSync(file, text);
    } else if (!same) {
      failed++;
      console.error(`${name}.json is not what ${name} compiles to: run src/BttProxy.Tron/Contracts/build`);
    }
    console.error(`${name}: ${JSON.parse(text).bytecode.length / 2} bytes`);
  }
}
process.exit(failed ? 1 : 0);
