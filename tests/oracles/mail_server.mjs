// npm `smtp-server` as a mail server, and `mailparser` as whoever reads the mails. Says `listening PORT`, and then what
// it took, a line of JSON each.
//
// node mail_server.mjs '{"host", "tls": "at once" | "offered" | "none", "certificate", "key", "login": ["user", "password"]}'
import { readFileSync } from "node:fs";
import { simpleParser } from "mailparser";
import { SMTPServer } from "smtp-server";

const wanted = JSON.parse(process.argv[2]);
const offers = wanted.tls !== "none";
const hidden = [];
if (!offers) hidden.push("STARTTLS");
if (!wanted.login) hidden.push("AUTH");

const server = new SMTPServer({
  secure: wanted.tls === "at once",
  hideSTARTTLS: !offers,
  disabledCommands: hidden,
  authOptional: !wanted.login,
  ...(offers && { cert: readFileSync(wanted.certificate), key: readFileSync(wanted.key) }),
  onAuth(said, _session, done) {
    const [user, password] = wanted.login;
    const is = said.username === user && said.password === password;
    done(is ? null : new Error("no"), is ? { user } : undefined);
  },
  onRcptTo(address, _session, done) {
    const unknown = Object.assign(new Error("nobody"), { responseCode: 550 });
    done(address.address.startsWith("nobody@") ? unknown : null);
  },
  async onData(stream, session, done) {
    const mail = await simpleParser(stream);
    console.log(
      JSON.stringify({
        secure: session.secure,
        user: session.user,
        from: mail.from.text,
        to: mail.to.text,
        subject: mail.subject,
        text: mail.text,
        html: mail.html,
        id: mail.messageId,
        date: mail.date,
        automatic: mail.headers.get("auto-submitted"),
      }),
    );
    done();
  },
});
server.on("error", () => {});
server.listen(0, wanted.host, () => console.log(`listening ${server.server.address().port}`));
