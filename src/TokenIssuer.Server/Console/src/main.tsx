import { createSession } from '@tokenissuer/client';
import { render } from 'preact';
import { App } from './app/App.js';
import './styles/theme.css';
import './styles/layout.css';
import './styles/parts.css';
import './styles/tables.css';
import './styles/charts.css';

// The page is served under the issuer's own address, at its path /admin/.
const root = new URL('.', location.href);
const session = createSession({ issuer: new URL('..', root).href });

render(<App session={session} root={root} />, document.querySelector('#console') ?? document.body);
