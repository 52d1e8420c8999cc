import { attacks } from './attacks.js';
import { createSend } from './exchange.js';
import type { Theatre } from './scene.js';
import { AttackView, element } from './view.js';
import '../styles/theme.css';
import '../styles/parts.css';
import './lab.css';

interface Place {
  readonly issuer: string;
  readonly notes_api: string;
}

const between = 2_000;

const place = (await (await fetch('place.json')).json()) as Place;
const theatre: Theatre = {
  send: createSend({ issuer: place.issuer, NotesApi: place.notes_api }),
  // Only what is set by the issuer itself is out of reach for scripts; a cookie of the same name can be put beside it.
  plant: (token) => void (document.cookie = `__Secure-refresh=${token}; Path=/auth; Secure; SameSite=Strict`),
  now: () => performance.now(),
};

const views = attacks.map((attack) => new AttackView(attack));
const all = element('button', 'primary', 'Play all');
const trouble = element('p', 'notice warn');
trouble.setAttribute('role', 'status');
trouble.hidden = true;
document
  .querySelector('#lab')
  ?.append(
    element(
      'header',
      'top',
      element('h1', '', 'Attack lab'),
      element('p', '', 'Four findings of a penetration test, played live with the demo users against this issuer and NotesApi. All tokens are real; only their last characters are shown.'),
      all,
    ),
    trouble,
    ...views.map(({ section }) => section),
  );

let ready = false;
let playing = false;

for (const view of views) view.button.addEventListener('click', () => void perform([view]));
all.addEventListener('click', () => void perform(views));
await watch();

/** One after the other: two plays at once would end each other's sessions. */
async function perform(plays: readonly AttackView[]): Promise<void> {
  if (!ready || playing) return;
  playing = true;
  lockButtons();
  try {
    for (const view of plays) await view.play(theatre);
  } finally {
    playing = false;
    lockButtons();
  }
}

/** Looks for the API until it is there; without it the half that matters could not be seen. */
async function watch(): Promise<void> {
  const elsewhere = location.origin !== new URL(place.issuer).origin;
  const reachable = !elsewhere && (await theatre.send({ to: 'NotesApi', method: 'GET', path: '/api/public' })).status === 200;
  ready = reachable;
  lockButtons();
  trouble.hidden = reachable;
  if (elsewhere) return say('The issuer knows itself by another address. Open ', code(`${place.issuer}/lab/`), '.');
  if (reachable) return;
  say('NotesApi is not running at ', code(place.notes_api), '. Start it with ', code('dotnet run --project samples/NotesApi'), '; this page is waiting for it.');
  setTimeout(() => void watch(), between);
}

function say(...words: (Node | string)[]): void {
  // Said once: a status that is written again is read aloud again.
  if (trouble.childNodes.length === 0) trouble.append(...words);
}

function code(text: string): HTMLElement {
  return element('code', '', text);
}

function lockButtons(): void {
  for (const button of [all, ...views.map(({ button }) => button)]) button.disabled = !ready || playing;
}
