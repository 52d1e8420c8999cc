import { createSession } from '@tokenissuer/client';
import { render } from 'preact';
import { App } from './App.js';
import { createNotesApi } from './notesApi.js';
import './style.css';

/** Where the issuer and the API are. A file, so that one build serves every environment. */
interface Config {
  readonly issuer: string;
  readonly notesApi: string;
}

const { issuer, notesApi } = (await (await fetch('/config.json')).json()) as Config;
const session = createSession({ issuer, apis: [new URL(notesApi).origin] });

render(<App session={session} api={createNotesApi(session, notesApi)} />, document.querySelector('#app') ?? document.body);
