import type { Attack } from './attacks.js';
import { brief, type Exchange, masked } from './exchange.js';
import { Interrupted, Scene, type Stage, type Step, type Theatre } from './scene.js';

type Child = Node | string | false | undefined;

/** An element with a class and children; text stays text. */
export function element<K extends keyof HTMLElementTagNameMap>(tag: K, className: string, ...children: Child[]): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children.filter((child): child is Node | string => !!child));
  return made;
}

/** One attack on the page: its words, its button, and what happened when it was last played. */
export class AttackView implements Stage {
  readonly button = element('button', 'primary', 'Play');
  readonly section: HTMLElement;
  readonly #family = element('dd', '', '–');
  readonly #standing = element('dd', '', '–');
  readonly #reached = element('dd', '', '–');
  readonly #steps = element('ol', 'steps');
  readonly #outcome = element('p', 'outcome');
  readonly #played = element('div', 'played');

  constructor(readonly attack: Attack) {
    const heading = element('h2', '', attack.title);
    heading.id = attack.id;
    this.button.setAttribute('aria-describedby', attack.id);
    this.#outcome.setAttribute('role', 'status');
    this.#played.hidden = true;
    this.#played.append(
      element(
        'dl',
        'facts',
        element('div', '', element('dt', '', 'Family'), this.#family),
        element('div', '', element('dt', '', 'At the issuer'), this.#standing),
        element('div', '', element('dt', '', 'Kill reached NotesApi'), this.#reached),
      ),
      this.#steps,
    );
    this.section = element('section', 'attack', element('div', 'head', heading, this.button), element('p', 'about', attack.about), this.#outcome, this.#played);
    this.section.setAttribute('aria-labelledby', attack.id);
  }

  /** Plays from the start, over whatever was there. */
  async play(theatre: Theatre): Promise<void> {
    for (const fact of [this.#family, this.#standing, this.#reached]) fact.replaceChildren('–');
    this.#steps.replaceChildren();
    this.#played.hidden = false;
    this.#end('playing', 'Playing …');
    const scene = new Scene(theatre, this);
    try {
      await this.attack.play(scene);
      if (scene.surprise) this.#end('bad', scene.surprise);
      else this.#end('good', `The thief is refused. ${this.attack.moral}`);
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error;
      this.#end('bad', error.message);
    }
  }

  show({ who, what, exchange, expected }: Step): void {
    const name = who === 'victim' ? 'Victim' : 'Thief';
    const step = element('li', `step ${who}`, element('p', 'what', element('span', 'name', name), ' ', what));
    if (exchange) step.append(...lines(exchange, expected));
    this.#steps.append(step);
  }

  family(session: string, alive: boolean): void {
    this.#family.replaceChildren(element('code', '', brief(session)));
    this.#standing.replaceChildren(element('span', alive ? 'tag warn' : 'tag good', alive ? 'alive' : 'dead'));
  }

  reached(milliseconds: number | undefined): void {
    this.#reached.replaceChildren(milliseconds === undefined ? 'not within 10 s' : `${Math.round(milliseconds)} ms after the answer that killed`);
  }

  #end(kind: 'playing' | 'good' | 'bad', words: string): void {
    this.#outcome.className = kind === 'playing' ? 'outcome' : `outcome notice ${kind}`;
    this.#outcome.replaceChildren(words);
  }
}

function lines({ call, status, body }: Exchange, expected: number | undefined): HTMLElement[] {
  const sent = [masked(call.body), call.token && `Authorization: Bearer ${brief(call.token)}`, call.cookies && 'with the browser’s cookies'].filter(Boolean);
  return [
    element('p', 'request', element('code', '', `${call.method} ${call.path}`), call.to === 'NotesApi' && ' at NotesApi'),
    ...sent.map((line) => element('p', 'wire', element('code', '', String(line)))),
    element('p', status === expected ? 'answer' : 'answer surprising', element('strong', '', wordFor(status)), ' ', element('code', '', masked(body))),
  ];
}

function wordFor(status: number): string {
  if (status === 0) return 'no answer';
  return `${status} ${status < 300 ? 'accepted' : status < 500 ? 'refused' : 'in trouble'}`;
}
