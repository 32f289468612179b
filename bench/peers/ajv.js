// ajv, compiled once, judges one document many times: from bytes to all errors. Prints one JSON object.
"use strict";
const fs = require("node:fs");
const Ajv = require("ajv/dist/2020").default;
const formats = require("ajv-formats").default;

const [schemaFile, documentFile, countText] = process.argv.slice(2);
const ajv = new Ajv({ allErrors: true, allowUnionTypes: true });
formats(ajv);
const validate = ajv.compile(JSON.parse(fs.readFileSync(schemaFile, "utf8")));
const bytes = fs.readFileSync(documentFile);
const count = Number(countText);

function judge() {
  return validate(JSON.parse(bytes.toString("utf8"))) ? 0 : validate.errors.length;
}

let fired = 0;
for (let left = Math.max(1, count / 4); left > 0; left--) {
  fired = judge();
}
const began = process.cpuUsage();
for (let left = count; left > 0; left--) {
  fired = judge();
}
const { user, system } = process.cpuUsage(began);
const peak = process.resourceUsage().maxRSS * 1024;
console.log(JSON.stringify({ cpu_seconds: (user + system) / 1e6, fired, peak_bytes: peak }));
