// Reads the output of the contract comparison and fails when something that exists differs from the contract.
// Operations and definitions that do not exist yet are counted and printed, nothing more.
const MISSING = /(operation|definition) missing$/;

let text = '';
for await (const chunk of process.stdin) text += chunk;
const lines = text.trim().split('\n');
const summary = lines.pop();
const wrong = lines.filter((line) => !MISSING.test(line));
for (const line of wrong) console.log(line);
console.log(`${summary} (${lines.length - wrong.length} not there yet, ${wrong.length} wrong)`);
process.exit(wrong.length === 0 ? 0 : 1);
