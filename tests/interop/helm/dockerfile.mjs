// usage: node dockerfile.mjs NODE-MODULES DOCKERFILE   prints what the Dockerfile language service says of it; exit code 1 when it says anything
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const [modules, file] = process.argv.slice(2);
const { validate } = createRequire(`${modules}/`)('dockerfile-utils');
const problems = validate(readFileSync(file, 'utf8'));
for (const problem of problems) console.log(`${file}:${problem.range.start.line + 1}: ${problem.message}`);
process.exit(problems.length === 0 ? 0 : 1);
