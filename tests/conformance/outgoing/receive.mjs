// Receives what the engine tells of a run and verifies it with npm's standardwebhooks, with either of two secrets:
// receive.mjs TAPPET PLUGINS NODE_MODULES WORK_FOLDER
import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";

const [tappet, plugins, modules, work] = process.argv.slice(2);
const { Webhook } = createRequire(join(modules, "x.js"))("standardwebhooks");
const secrets = ["in use", "next"].map(
  (name) => "whsec_" + Buffer.from(`a secret of twenty-four bytes: ${name}`).toString("base64"),
);

const refused = (verify) => {
  try {
    verify();
    return false;
  } catch {
    return true;
  }
};

/** What is wrong with a message; nothing when all is well. */
function problem(body, headers, run) {
  for (const secret of secrets) {
    const message = new Webhook(secret).verify(body, headers);
    if (message.type !== "run.succeeded") return `its type is ${message.type}`;
    if (message.data.id !== run) return `it is about run ${message.data.id}, not ${run}`;
    if (!refused(() => new Webhook(secret).verify(body + " ", headers))) return "a changed body is accepted";
  }
  const other = "whsec_" + Buffer.from("somebody else's secret").toString("base64");
  return refused(() => new Webhook(other).verify(body, headers)) ? "" : "another secret is accepted";
}

const message = new Promise((resolve) => {
  const server = createServer((request, response) => {
    const parts = [];
    request.on("data", (part) => parts.push(part));
    request.on("end", () => {
      response.writeHead(204).end();
      resolve({ body: Buffer.concat(parts).toString(), headers: request.headers });
    });
  });
  server.listen(0, "127.0.0.1", () => serve(server.address().port));
});

let engine, started;
const run = new Promise((resolve) => (started = resolve));

async function serve(port) {
  writeFileSync(
    join(work, "flows/told.yaml"),
    `flow: told
triggers: [ { id: received, uses: core/webhook, verify: { preset: none } } ]
steps: [ { id: a, uses: core/map, with: { value: 1 } } ]
notify: [ { url: "http://127.0.0.1:${port}/in", secrets: ["\${{ secrets.ONE }}", "\${{ secrets.TWO }}"] } ]
`,
  );
  const address = join(work, "address");
  engine = spawn(
    tappet,
    ["serve", "--flows", join(work, "flows"), "--data", join(work, "data"), "--plugins", plugins, "--listen",
      "127.0.0.1:0", "--address-file", address, "--allow-http", "127.0.0.1/32"],
    { stdio: "inherit", env: { ...process.env, TAPPET_SECRET_ONE: secrets[0], TAPPET_SECRET_TWO: secrets[1] } },
  );
  engine.on("exit", (code) => end(`the engine ended with ${code}`));
  while (!existsSync(address) || !readFileSync(address, "utf8").endsWith("\n"))
    await new Promise((later) => setTimeout(later, 20));
  const answer = await fetch(readFileSync(address, "utf8").trim() + "/hooks/default/told/received", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: "{}",
  });
  started((await answer.json()).runId);
}

function end(what) {
  engine?.removeAllListeners("exit");
  engine?.kill("SIGKILL");
  console.log(what || "verified");
  process.exit(what ? 1 : 0);
}

try {
  const { body, headers } = await message;
  end(problem(body, headers, await run));
} catch (error) {
  end(String(error));
}
