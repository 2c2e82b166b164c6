import assert from 'node:assert/strict';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { test } from 'node:test';
import { hresult } from '#hresult/hresult-error';
import { sendStream } from './answer.ts';

test('a caller who went away before the first line leaves nothing open', async () => {
  let isOpen = true;
  async function* rows(): AsyncGenerator<number> {
    try {
      for (let row = 1; ; row++) yield row;
    } finally {
      isOpen = false;
    }
  }
  const response = new ServerResponse(new IncomingMessage(new Socket()));
  response.destroy();
  await assert.rejects(sendStream(response, rows(), () => hresult('E_UNEXPECTED')));
  assert.equal(isOpen, false);
});
