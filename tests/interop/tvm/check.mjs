// Runs generated programs on both machines and compares status, output, energy, events and every account.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { generate } from './program.mjs';
import { Reference } from './reference.mjs';

const [modules, shell, ...options] = process.argv.slice(2);
const option = (name, otherwise) => options.includes(name) ? Number(options[options.indexOf(name) + 1]) : otherwise;
const programs = option('--programs', 4000);
const firstSeed = option('--seed', 1);
const json = options.includes('--json');
const groups = 10;

const ours = spawn(shell, ['tvm'], { stdio: ['pipe', 'pipe', 'inherit'] });
const answers = createInterface({ input: ours.stdout })[Symbol.asyncIterator]();
const reference = new Reference(modules);
const signatures = reference.signatures(16);

const sorted = value => JSON.stringify(value, (_, part) =>
  part && typeof part === 'object' && !Array.isArray(part) ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => a < b ? -1 : 1)) : part);

/** What differs, in words; nothing if the machines agree. */
function compare(theirs, mine) {
  return ['status', 'output', 'energy', 'created', 'logs', 'accounts']
    .filter(field => sorted(theirs[field]) !== sorted(mine[field]))
    .map(field => `${field}: ${sorted(theirs[field])} there, ${sorted(mine[field])} here`);
}

const count = { programs: 0, disagreements: 0, different: 0, success: 0, revert: 0, halt: 0 };
const failed = [];
let passed = 0;
for (let group = 0; group < groups; group++) {
  const before = count.disagreements;
  const from = firstSeed + Math.floor(programs * group / groups);
  const to = firstSeed + Math.floor(programs * (group + 1) / groups);
  for (let seed = from; seed < to; seed++) {
    const program = generate(seed, signatures);
    ours.stdin.write(JSON.stringify(program) + '\n');
    const theirs = await reference.run(program);
    const { value: line, done } = await answers.next();
    if (done) throw new Error('our machine ended');
    if (theirs === null) { count.different++; continue; }
    const mine = JSON.parse(line);
    count.programs++;
    count[theirs.status]++;
    const differences = compare(theirs, mine);
    if (differences.length) {
      count.disagreements++;
      if (count.disagreements > 5) continue;
      console.error(`program ${seed} (${theirs.error ?? 'no error'} there, ${mine.reason} here)`);
      console.error(`  ${differences.join('\n  ').slice(0, 3000)}`);
    }
  }
  const name = `programs ${from} to ${to - 1}`;
  if (count.disagreements === before) { passed++; json || console.log(`ok ${name}`); }
  else {
    failed.push(name);
    json || console.log(`FAILED ${name}: ${count.disagreements - before} disagree; --seed N --programs 1 runs one alone`);
  }
}
ours.stdin.end();
console.error(`${count.programs} compared: ${count.success} succeed, ${count.revert} revert, ${count.halt} fail`);
console.error(`${count.different} left out because TRON differs by design`);
if (json) console.log(JSON.stringify(count));
else console.log(`${passed} passed, ${failed.length} failed`);
// With --json whoever asked judges the numbers.
process.exitCode = failed.length && !json ? 1 : 0;
