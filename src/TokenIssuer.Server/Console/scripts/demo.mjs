// The console on an issuer that is played: for work on the pages without the .NET SDK. Any password but "wrong" is right.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { buildPages, folder } from './build.mjs';
import { createPlay } from './play.mjs';

const types = { html: 'text/html; charset=utf-8', css: 'text/css', js: 'text/javascript', svg: 'image/svg+xml' };
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";

await buildPages();
const play = createPlay();

const server = createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  const file = /^\/admin\/((assets\/)?[a-z]+\.(css|js|svg))?$/.exec(pathname);
  if (file) {
    const content = await readFile(`${folder}/admin/${file[1] ?? 'index.html'}`).catch(() => undefined);
    const type = types[/** @type {keyof typeof types} */ (file[3] ?? 'html')];
    response.writeHead(content ? 200 : 404, { 'Content-Type': type, 'Content-Security-Policy': policy }).end(content);
    return;
  }

  let text = '';
  for await (const part of request) text += part;
  const { status, body, cookie } = play(request, pathname, searchParams, text ? JSON.parse(text) : {});
  if (cookie !== undefined) response.setHeader('Set-Cookie', `demo=${cookie}; Path=/auth; HttpOnly; SameSite=Strict`);
  response.writeHead(status, { 'Content-Type': status < 300 ? 'application/json' : 'application/problem+json' });
  response.end(body && JSON.stringify(body));
});

server.listen(Number(process.env['PORT'] ?? 5090), 'localhost', () => console.log('http://localhost:%d/admin/', Object(server.address()).port));
