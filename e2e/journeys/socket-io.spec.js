// A page that was written after the Socket.IO tutorial, on the host site, with nothing of Deskbell's in it but its address.
import { expect, test } from "../fixtures/test.js";
import { Portal } from "../fixtures/portal.js";

/** @param {string} desk */
const page = (desk) => `<!DOCTYPE html>
<html>
  <head><meta charset="utf-8"><title>Socket.IO chat</title><meta name="viewport" content="width=device-width,initial-scale=1.0"></head>
  <body>
    <p>Status: <span id="status">disconnected</span></p>
    <p>Transport: <span id="transport">N/A</span></p>
    <ul id="messages"></ul>
    <form id="form" action=""><input id="input" autocomplete="off" /><button>Send</button></form>
    <script src="${desk}/socket.io/socket.io.js"></script>
    <script>
      const socket = io("${desk}");
      const [messages, form, input] = ["messages", "form", "input"].map((id) => document.getElementById(id));
      socket.on("connect", () => {
        document.getElementById("status").textContent = "connected";
        document.getElementById("transport").textContent = socket.io.engine.transport.name;
        socket.io.engine.on("upgrade", (upgraded) => { document.getElementById("transport").textContent = upgraded.name; });
      });
      socket.on("disconnect", () => { document.getElementById("status").textContent = "disconnected"; });
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        if (input.value) {
          socket.emit("chat message", input.value);
          input.value = "";
        }
      });
      socket.on("chat message", (message) => {
        const item = document.createElement("li");
        item.textContent = message;
        messages.appendChild(item);
        window.scrollTo(0, document.body.scrollHeight);
      });
    </script>
  </body>
</html>`;

test("a page after the Socket.IO tutorial rings the bell and chats with an admin", async ({ visitor, admin, desk, host, mail, kim, picture }) => {
  const portal = new Portal(admin, desk);
  host.files.set("/chat", { type: "text/html; charset=utf-8", body: page(desk.url) });
  await visitor.goto(`${host.origin}/chat`);
  await expect(visitor.getByText("Status: connected")).toBeVisible();
  await expect(visitor.getByText("Transport: websocket")).toBeVisible();

  const say = async (/** @type {string} */ text) => {
    await visitor.locator("#input").fill(text);
    await visitor.getByRole("button", { name: "Send" }).click();
  };
  const messages = visitor.locator("#messages li");
  await say("결제가 안 돼요");
  await expect(messages).toHaveText(["결제가 안 돼요"]);
  await mail.mail("the call", (one) => one.to === kim.email);

  await portal.open(kim);
  await portal.enter(1);
  await portal.join();
  await portal.say("What does it say?");
  await expect(messages).toHaveText(["결제가 안 돼요", "What does it say?"]);
  await say("Card declined");
  await portal.reads(["결제가 안 돼요", "What does it say?", "Card declined"]);
  await expect(messages).toHaveText(["결제가 안 돼요", "What does it say?", "Card declined"]);
  await picture(visitor, "socket-io-chat");
});
