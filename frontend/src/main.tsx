import { render } from 'solid-js/web';
import * as z from 'zod/mini';
import { App } from './app.tsx';
import './base.css';

// The content security policy forbids eval, and zod would try it.
z.config({ jitless: true });

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
render(() => <App />, root);
