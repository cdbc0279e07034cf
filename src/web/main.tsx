/** Puts the page into its document. */
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { takeSession } from './api/session.ts';
import { App } from './app.tsx';
import './styles/tokens.css';
import './styles/base.css';

takeSession();
const root = document.getElementById('root');
if (root === null) throw new Error('the document has no element "root"');
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
