// Keeps a connection to the development server and reloads the page after the
// process has restarted.
interface InitialState {
  type: "initial-state";
  revision: number;
}

const RETRY_MS = 300;

let known: number | undefined;

function connect() {
  const url = new URL("/_frsh/alive", location.origin);
  url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  const socket = new WebSocket(url);
  socket.onmessage = ({ data }) => {
    const { revision } = JSON.parse(data) as InitialState;
    if (known !== undefined && revision > known) location.reload();
    known = revision;
  };
  socket.onclose = () => setTimeout(connect, RETRY_MS);
}

connect();

export {};
