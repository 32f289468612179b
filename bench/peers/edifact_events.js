// npm's edifact reads an interchange, and its events are counted. Prints one JSON object.

const fs = require("fs");
const { Parser } = require("edifact");

const data = fs.readFileSync(process.argv[2], "latin1");
let segments = 0, parts = 0;
const parser = new Parser();
parser.onopensegment = () => { segments += 1; };
parser.onelement = () => { parts += 1; };
parser.oncomponent = () => { parts += 1; };
parser.encoding("UNOC");
const began = process.cpuUsage();
parser.write(data);
parser.end();
const used = process.cpuUsage(began);
console.log(JSON.stringify({
  cpu_seconds: (used.user + used.system) / 1e6,
  peak_bytes: process.resourceUsage().maxRSS * 1024,
  units: segments,
}));
