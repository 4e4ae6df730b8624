import '@mantine/core/styles.css';
import './app.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { setNonce } from 'get-nonce';
import { nonce } from './api/base-path.js';
import { takeTokenFromAddress } from './api/session.js';
import { App } from './app.js';
import { takeIssuerResponse } from './oidc/sign-in.js';

takeTokenFromAddress();
// A link that is opened in a tab of the console changes only the fragment, without a new load.
addEventListener('hashchange', takeTokenFromAddress);
takeIssuerResponse();
setNonce(nonce); // for the style elements that dialogs create
createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
