// usage: node refusals.mjs NODE-MODULES CHART-SCHEMA VALUES.json   prints what the chart's schema says of merged values, one line each
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const [modules, schemaFile, values] = process.argv.slice(2);
const Ajv = createRequire(`${modules}/`)('ajv').default;
const schema = new Ajv({ allErrors: true, strict: false }).compile(JSON.parse(readFileSync(schemaFile, 'utf8')));
if (!schema(JSON.parse(readFileSync(values, 'utf8'))))
  for (const e of schema.errors) console.log(`${e.instancePath || '/'} ${e.message}`);
