// Uses the pages of a running server as a person would, in a real browser. Settings are environment variables:
// BASE and LINK (the server and a link to sign in), MODULES (playwright-core and axe-core), CONNECTION (whose functions
// `greeter`, `raiser` and `slow` exist), UNKNOWN_JOB (a job whose answer is always lost), and SHOTS (a folder for pictures, or
// nothing). Prints one line for each thing that holds, and ends with 1 at the first that does not.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';

const { BASE, LINK, MODULES, CONNECTION, UNKNOWN_JOB, SHOTS } = process.env;
const modules = createRequire(`${MODULES}/`);
const { chromium } = modules('playwright-core');
const axe = readFileSync(modules.resolve('axe-core/axe.min.js'), 'utf8');

// The browser must look for nothing outside of this machine.
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync'],
});

const complaints = [];
function listen(page) {
  page.on('console', message => complaints.push(`${page.url()}: ${message.text()}`));
  page.on('pageerror', error => complaints.push(`${page.url()}: ${error.message}`));
  page.on('request', request => {
    if (!request.url().startsWith(BASE)) complaints.push(`${page.url()}: asks for ${request.url()}`);
  });
}

function check(holds, what) {
  if (!holds) throw new Error(what);
}

async function step(name, act) {
  try {
    await act();
    check(complaints.length === 0, complaints.join('; '));
    console.log(`ok ${name}`);
  } catch (error) {
    console.log(`FAILED ${name}: ${error.stack ?? error}`);
    await browser.close();
    process.exit(1);
  }
}

const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
const page = await context.newPage();
listen(page);
const heading = which => page.locator('h1', { hasText: which });
const api = async path => (await context.request.get(`${BASE}/api/v1${path}`)).json();
const runKey = url => new URL(url).pathname.split('/').pop();

await step('a link signs in once', async () => {
  await page.goto(LINK);
  check(new URL(page.url()).pathname === '/', `arrived at ${page.url()}`);
  const other = await browser.newContext();
  const again = await other.request.get(LINK, { maxRedirects: 0 });
  check(again.status() >= 400 || !again.headers()['set-cookie'], 'the link signed in twice');
  check((await other.request.get(`${BASE}/api/v1/runs`)).status() === 401, 'runs are shown to a stranger');
  await other.close();
});

await step('functions are discovered and imported', async () => {
  for (const name of ['greeter', 'raiser', 'slow']) {
    await page.goto(`${BASE}/functions?connection=${CONNECTION}&q=${name}`);
    await page.locator(`input[type=checkbox][value="${name}"]`).check();
    await page.getByRole('button', { name: 'Import selected' }).click();
  }
  const names = (await api('/jobs?limit=200')).jobs.map(found => found.job.name);
  check(['greeter', 'raiser', 'slow'].every(name => names.includes(name)), `jobs: ${names}`);
});

await step('a parameter is edited', async () => {
  await page.goto(`${BASE}/jobs/greeter/parameters`);
  const before = (await api('/jobs/greeter')).parameters;
  const at = before.findIndex(parameter => parameter.name === 'GREETING');
  await page.locator(`[name="default.${at}"]`).fill('good evening');
  await page.getByRole('button', { name: /^Save revision/ }).last().click();
  const after = (await api('/jobs/greeter')).parameters;
  check(after[at].default === 'good evening', JSON.stringify(after));
});

await step('a run is watched until it ends, without loading the page again', async () => {
  await page.goto(`${BASE}/jobs/slow`);
  await page.locator('#more').fill('{"seconds": 2}');
  await page.locator('#more').blur();
  await page.getByRole('button', { name: 'Run slow' }).click();
  await page.waitForURL('**/runs/*');
  await page.evaluate(() => { window.isSamePage = true; });
  await heading('succeeded').waitFor({ timeout: 20_000 });
  check(await page.evaluate(() => window.isSamePage), 'the page was loaded again');
});

let failed;
await step('a failed run shows its error, and its inputs can be edited and run', async () => {
  await page.goto(`${BASE}/jobs/raiser`);
  await page.getByRole('button', { name: 'Run raiser' }).click();
  await heading('failed').waitFor({ timeout: 20_000 });
  failed = page.url();
  await page.locator('main :text("the order has no lines"):visible').first().waitFor();
  await page.getByRole('link', { name: 'Edit and run' }).first().click();
  check(page.url().includes(`from=${runKey(failed)}`), page.url());
  await page.locator('#more').fill('{"other": 1}');
  await page.locator('#more').blur();
  await page.getByRole('button', { name: 'Run raiser' }).click();
  await heading('failed').waitFor({ timeout: 20_000 });
  check(page.url() !== failed, 'it is the same run');
});

await step('an unknown run is not repeated by a click, and keeps a note', async () => {
  await page.goto(`${BASE}/jobs/${UNKNOWN_JOB}`);
  await page.getByRole('button', { name: `Run ${UNKNOWN_JOB}` }).click();
  await heading('unknown outcome').waitFor({ timeout: 20_000 });
  check(!/\bfailed\b/i.test(await page.locator('main').innerText()), 'the page says "failed"');
  const count = async () => (await api(`/runs?job=${UNKNOWN_JOB}&limit=100`)).runs.length;
  const before = await count();
  for (const button of await page.locator('section.verdict button, section.verdict a').all()) {
    check(!/run again/i.test(await button.innerText()), 'the verdict offers to run again');
  }
  await page.locator('textarea[name=text], input[name=text]').first().fill('looked: it did not run <script>x</script>');
  await page.getByRole('button', { name: /note/i }).first().click();
  await page.getByText('looked: it did not run').waitFor();
  check(await count() === before, 'a run was started');
});

await step('two tabs that send one form start one run', async () => {
  await page.goto(`${BASE}/jobs/greeter`);
  const key = await page.locator('input[name=key]').inputValue();
  const other = await context.newPage();
  listen(other);
  await other.goto(`${BASE}/jobs/greeter`);
  await other.locator('input[name=key]').evaluate((input, value) => { input.value = value; }, key);
  const before = (await api('/runs?job=greeter&limit=100')).runs.length;
  await Promise.all([page, other].map(async tab => {
    await tab.locator('[name="p.GREETING"]').fill('hello');
    await tab.getByRole('button', { name: 'Run greeter' }).click();
    await tab.waitForURL('**/runs/*');
  }));
  check(page.url() === other.url(), `${page.url()} and ${other.url()}`);
  await page.goBack();
  await page.reload();
  check((await api('/runs?job=greeter&limit=100')).runs.length === before + 1, 'more than one run');
  await other.close();
});

const latest = async (state, more = '') => (await api(`/runs?state=${state}&limit=1${more}`)).runs[0];
const pages = {
  jobs: '/', 'jobs-empty': '/jobs?q=no-such-job', job: '/jobs/greeter', parameters: '/jobs/greeter/parameters',
  settings: '/jobs/greeter/settings', runs: '/runs', functions: `/functions?connection=${CONNECTION}`,
  function: `/functions/${CONNECTION}/greeter`, connections: '/connections', connection: `/connections/${CONNECTION}`,
  tokens: '/admin/tokens', audit: '/admin/audit',
};
for (const state of ['succeeded', 'function_failed', 'unknown', 'accepted', 'rejected', 'validated']) {
  const run = await latest(state);
  if (run) pages[`run-${state.replace('_', '-')}`] = `/runs/${run.key}`;
}

async function look(which, name, path) {
  for (const theme of ['light', 'dark']) {
    for (const width of [1280, 400, 360]) {
      await which.setViewportSize({ width, height: 900 });
      await which.goto(`${BASE}${path}`);
      await which.evaluate(value => { document.documentElement.dataset.theme = value; }, theme);
      const wide = await which.evaluate(() => document.documentElement.scrollWidth);
      check(wide <= width, `${path} is ${wide} px wide at ${width}`);
      if (width === 360) continue;
      await which.evaluate(axe);
      const found = await which.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
      const told = found.violations.map(v => `${v.id}: ${v.nodes.map(n => n.target.join(' ')).slice(0, 3)}`);
      check(told.length === 0, `${path}, ${theme}, ${width}: ${told.join('; ')}`);
      if (SHOTS) await which.screenshot({ path: `${SHOTS}/${name}-${theme}-${width}.png`, fullPage: true });
    }
  }
}

for (const [name, path] of Object.entries(pages)) {
  await step(`page ${name} is accessible in both themes and never wider than its window`, () => look(page, name, path));
}

await step('the page to sign in is accessible, too', async () => {
  const stranger = await browser.newContext();
  const door = await stranger.newPage();
  listen(door);
  await look(door, 'login', '/login');
  await stranger.close();
});

await step('everything works without scripts', async () => {
  const plain = await browser.newContext({ javaScriptEnabled: false, storageState: await context.storageState() });
  const tab = await plain.newPage();
  listen(tab);
  await tab.goto(`${BASE}/jobs?q=raiser`);
  await tab.locator('tbody a.main', { hasText: 'raiser' }).first().click();
  await tab.locator('#more').fill('{"broken":');
  await tab.getByRole('button', { name: 'Run raiser' }).click();
  check(await tab.locator('#more').inputValue() === '{"broken":', 'a refused form loses its input');
  check(await tab.locator('[aria-invalid=true]').count() > 0, 'no field is marked as refused');
  await tab.locator('#more').fill('');
  await tab.getByRole('button', { name: 'Run raiser' }).click();
  check(/\/runs\/[^/]+$/.test(tab.url()), tab.url());
  complaints.length = 0; // The refused form is a response with an error status, which the console names.
  await plain.close();
});

await step('only a keyboard finds the failed run', async () => {
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.goto(`${BASE}/`);
  await page.keyboard.press('j');
  const focused = await page.evaluate(() => document.activeElement?.closest('tr') !== null);
  check(focused, 'j does not go to a row');
  await page.keyboard.press('g');
  await page.keyboard.press('r');
  await page.waitForURL('**/runs*');
});

await browser.close();
