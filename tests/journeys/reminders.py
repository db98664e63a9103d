"""手机提醒 on a phone of the tests: the browser's question is answered by the test, and its push service can be pretended."""

from __future__ import annotations

from collections.abc import Iterator

from playwright.sync_api import expect

from tests.journeys.phone import Phone

# ``answer`` is what the person will say to the browser's question; ``pretended`` gives a push service and a key
PRETENDED = """(() => { window.permission = 'default'; window.answer = 'denied'; window.pretended = false; window.asked = 0;
Object.defineProperty(Notification, 'permission', { get: () => window.permission });
Notification.requestPermission = async () => { window.asked++; return (window.permission = window.answer); };
const real_fetch = window.fetch;
window.fetch = (path, init) => {
  if (!window.pretended || !String(path).includes('/api/v1/push/')) return real_fetch(path, init);
  return Promise.resolve(init.method === 'GET' ? Response.json({ key: 'AAAA' }) : new Response(null, { status: 204 }));
};
const real_subscribe = PushManager.prototype.subscribe;
PushManager.prototype.subscribe = function (options) {
  if (!window.pretended) return real_subscribe.call(this, options);
  return Promise.resolve({ toJSON: () => ({ endpoint: 'https://push.test/1', keys: { p256dh: 'A', auth: 'A' } }) });
}; })();"""


def pretend(phone: Phone) -> None:
    """From its next page on."""
    phone.page.context.add_init_script(PRETENDED)


def flip(phone: Phone) -> None:
    phone.find("reminders").get_by_role("switch").click()


def states(phone: Phone) -> Iterator[str]:
    """Through every state of the switch, from Me on a pretended phone whose server has no push."""
    page = phone.page
    expect(phone.find("reminders", state="off")).to_be_visible()
    assert page.evaluate("window.asked") == 0, "nothing is asked before the tap"
    yield "off"
    flip(phone)
    expect(phone.find("reminders", state="denied")).to_be_visible()
    yield "denied"
    page.evaluate("window.permission = 'granted'")
    flip(phone)
    expect(phone.find("reminders", state="not_set_up")).to_be_visible()
    yield "not set up"
    page.evaluate("window.pretended = true")
    flip(phone)
    expect(phone.find("reminders", state="on")).to_be_visible()
    yield "on"
    page.evaluate("window.pretended = false")
    phone.go_offline()
    flip(phone)
    expect(phone.find("reminders", state="offline")).to_be_visible()
    yield "offline"
    phone.go_online()
    page.evaluate("delete window.PushManager")
    phone.tap("tab-today")
    phone.tap("tab-me")
    expect(phone.find("reminders", state="unsupported")).to_be_visible()
    yield "unsupported"
