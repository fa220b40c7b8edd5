// usage: node validate.mjs NODE-MODULES CHART-SCHEMA CASES-DIRECTORY
// Reads each CASE/manifests.json and CASE/values.json; prints "CASE: problem" for what the chart's schema and the models of Kubernetes and of
// the Prometheus operator refuse; exit code 1 when there is any.
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [modules, schemaFile, cases] = process.argv.slice(2);
const load = createRequire(`${modules}/`);
const Ajv = load('ajv').default;
const schema = new Ajv({ allErrors: true, strict: false }).compile(JSON.parse(readFileSync(schemaFile, 'utf8')));
const packageOf = version => version.startsWith('monitoring.coreos.com/')
  ? `@kubernetes-models/prometheus-operator/${version}` : `kubernetes-models/${version}`;

let problems = 0, judged = 0;
const say = (name, text) => { problems++; console.log(`${name}: ${text}`); };
for (const name of readdirSync(cases).sort()) {
  const read = file => JSON.parse(readFileSync(join(cases, name, file), 'utf8'));
  if (!schema(read('values.json')))
    for (const e of schema.errors) say(name, `values: ${e.instancePath || '/'} ${e.message}`);
  for (const { source, manifest } of read('manifests.json')) {
    const Model = load(packageOf(manifest.apiVersion))[manifest.kind];
    if (!Model) { say(name, `${source}: ${manifest.apiVersion} has no ${manifest.kind}`); continue; }
    try {
      new Model(manifest).validate();
      judged++;
    } catch (e) {
      say(name, `${source}: ${manifest.kind} ${manifest.metadata.name}: ${e.message}`);
    }
  }
}
console.log(`${judged} manifests`);
process.exit(problems === 0 ? 0 : 1);
