"""The board of tasks in headless Chromium: with scripts and without, by mouse and by keyboard, in one window and in two.

QUERN_SHOTS names a folder for pictures of each page: light, dark, and 390 pixels wide.
"""

import contextlib
import html
import re
import time
import urllib.parse

import pytest
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

import people
from people import API, log_in
from served import wait_until
from test_account_pages import PAGE_SECONDS, has_scripts, new_window, with_scripts  # noqa: F401 (fixtures)
from test_streams import change_task, delete_task, neighbours, new_task

BOARD = "/dashboard/tasks"
# Longer than the first tries to connect again.
STAYS_SECONDS = 4

pytestmark = pytest.mark.seconds(180)


@pytest.fixture(scope="module", autouse=True)
def owner(admin):
    return admin


@pytest.fixture
def pair(server):
    """Two people with a board that nobody else uses."""
    return neighbours(server)


@pytest.fixture
def board(server, pair, new_window):  # noqa: F811
    return at_board(new_window(server), pair[0])


def at_board(window, account, query=""):
    window.sign_in(account.email)
    window.open(BOARD + query)
    mark(window)
    return window


# Doing things on a page that may renew itself at any moment


def press(window, selector):
    """Presses what may be folded away, or be replaced just now."""

    def pressed():
        with contextlib.suppress(WebDriverException):
            window.unfold(window.find(selector)).click()
            return True

    wait_until(pressed, PAGE_SECONDS, f"{selector} can be pressed on {window.path}", pause=0.1)


def submit(window, selector, **fields):
    """Fills a form in and sends it; what comes of it is to be looked for, since scripts may stay on the page."""

    def filled():
        with contextlib.suppress(WebDriverException):
            return window.fill(selector, fields)

    wait_until(filled, PAGE_SECONDS, f"{selector} can be filled in on {window.path}", pause=0.1)
    press(window, f"{selector} button[type=submit]:not([formaction])")


def card(task):
    return f"#task-{task}"


def act(window, task, verb):
    """Presses one of the buttons of a card."""
    press(window, f'{card(task)} [formaction$="/{task}/{verb}"]')


def edit(window, task):
    """Opens the one edit form of the board in the card of a task."""
    press(window, f"{card(task)} .task-edit")
    sees(window, lambda: window.all(f"#task-form-{task} [name=title]"), "the edit form")


def button(browser, path, ending):
    """A button of the board as a form of its own: its address, its value, and the fields of the form that it belongs to."""
    text = browser.see(path).text
    match = re.search(rf'<button [^>]*formaction="([^"]*{ending})" name="version" value="(\d+)"', text)
    fields = {name: value for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', text[text.index('id="acts"'):])[:2]}
    return {"action": match[1], "fields": {**fields, "version": match[2]}}


def lane(window, name="todo"):
    """The ids of the cards in a column, from top to bottom."""
    return [item.removeprefix("task-") for item in ids(window, f"#tasks-{name} > li")]


def ids(window, selector):
    return calmly(lambda: [element.get_attribute("id") for element in window.all(selector)])


def words(window, selector="main"):
    """The text of the first that fits; nothing when there is none."""
    return calmly(lambda: "\n".join(element.text for element in window.all(selector)[:1]))


def calmly(look):
    """What is seen when nothing is replaced while one looks."""
    seen = []

    def is_seen():
        with contextlib.suppress(WebDriverException):
            seen.append(look())
        return seen

    return wait_until(is_seen, PAGE_SECONDS, "a page that holds still")[-1]


def sees(window, condition, what):
    """Waits for what the page is to show; a page that is being renewed is asked again."""

    def holds():
        with contextlib.suppress(WebDriverException):
            return condition()

    try:
        return wait_until(holds, PAGE_SECONDS, what, pause=0.1)
    except AssertionError as error:
        raise AssertionError(f"{error}; the page says {words(window)[:800]!r}") from None


def mark(window):
    if window.has_scripts:
        window.driver.execute_script("window.isStillHere = true")


def is_the_same_page(window):
    return window.driver.execute_script("return window.isStillHere") is True


def tasks_of(account, query=""):
    return account.expect(200, "GET", f"{API}/collab/state/tasks{query}").json()["items"]


def task_of(account, id):
    return account.expect(200, "GET", f"{API}/collab/tasks/{id}").json()


# By mouse


def test_an_empty_board_says_so_and_a_task_is_added(board, pair):
    assert board.all("main .empty")
    board.shoot("tasks-empty")
    submit(board, "#add", title="Order two new stones")
    sees(board, lambda: "Order two new stones" in words(board, "#tasks-todo"), "the new card")
    (task,) = tasks_of(pair[0])
    assert (task["title"], task["assignee"], task["done"], task["created_by"]) == ("Order two new stones", None, False, pair[0].email)
    assert lane(board) == [task["id"]]
    sees(board, lambda: board.find("#add-title").get_attribute("value") == "", "an empty field for the next one")
    submit(board, "#add", title="Dress the stones", description="Two lines,\nwith <b>signs</b> & all", assignee=pair[1].email)
    sees(board, lambda: len(lane(board)) == 2, "the second card")
    second = tasks_of(pair[0])[1]
    assert (second["description"].replace("\r\n", "\n"), second["assignee"]) == ("Two lines,\nwith <b>signs</b> & all", pair[1].email)
    assert "<b>signs</b>" in words(board, card(second["id"]))
    board.shoot("tasks")
    board.check()


def test_a_task_is_edited_on_its_card(board, pair):
    task, _ = new_task(pair[1], "Order two stones")
    board.open(BOARD)
    edit(board, task["id"])
    submit(board, f"#task-form-{task['id']}", title="Order three stones", description="From the quarry", assignee=pair[0].email)
    sees(board, lambda: "Order three stones" in words(board, card(task["id"])), "the new title")
    now = task_of(pair[0], task["id"])
    assert (now["title"], now["description"], now["assignee"], now["version"]) == ("Order three stones", "From the quarry", pair[0].email, 2)
    assert now["updated_by"] == pair[0].email
    board.check()


def test_a_task_is_done_and_opened_again(board, pair):
    task = new_task(pair[0], "Sweep the floor")[0]["id"]
    board.open(BOARD)
    act(board, task, "done")
    sees(board, lambda: lane(board, "done") == [task] and lane(board) == [], "the card among what is done")
    assert task_of(pair[0], task)["done"] is True
    act(board, task, "reopen")
    sees(board, lambda: lane(board) == [task] and lane(board, "done") == [], "the card among what is to do")
    assert task_of(pair[0], task)["done"] is False
    board.check()


def test_tasks_are_moved_up_and_down(board, pair):
    one, two, three = (new_task(pair[0], name)[0]["id"] for name in ("one", "two", "three"))
    board.open(BOARD)
    assert lane(board) == [one, two, three]
    for task, verb, expected in ((three, "up", [one, three, two]), (three, "up", [three, one, two]), (one, "down", [three, two, one])):
        act(board, task, verb)
        sees(board, lambda expected=expected: lane(board) == expected, f"the order after {verb}")
        assert [task["id"] for task in tasks_of(pair[0])] == expected
    first, last = (board.find(f'{card(task)} [formaction$="/{verb}"]') for task, verb in ((three, "up"), (one, "down")))
    assert not first.is_enabled() and not last.is_enabled(), "nothing moves beyond the ends"
    board.check()


def test_a_deleted_task_is_brought_back(board, pair):
    task = new_task(pair[0], "Burn the old sacks", description="All of them")[0]["id"]
    board.open(BOARD)
    act(board, task, "delete")
    sees(board, lambda: board.all("#board-undo form") and task not in lane(board), "the offer to undo")
    pair[0].expect(404, "GET", f"{API}/collab/tasks/{task}")
    assert "Burn the old sacks" in words(board, "#board-undo")
    board.shoot("tasks-deleted")
    submit(board, f'#board-undo form[action="{BOARD}/{task}/undo"]')
    sees(board, lambda: lane(board) == [task], "the card, back again")
    now = task_of(pair[0], task)
    assert (now["title"], now["description"]) == ("Burn the old sacks", "All of them")
    board.check()


def test_what_was_just_done_is_undone(board, pair):
    task = new_task(pair[0], "Sweep the floor")[0]["id"]
    board.open(BOARD)
    act(board, task, "done")
    sees(board, lambda: lane(board, "done") == [task], "the card among what is done")
    sees(board, lambda: board.all(f'#board-undo form[action="{BOARD}/{task}/undo"]'), "the offer to undo")
    submit(board, f'#board-undo form[action="{BOARD}/{task}/undo"]')
    sees(board, lambda: lane(board) == [task], "the card among what is to do")
    assert task_of(pair[0], task)["done"] is False


def test_the_view_shows_mine_and_those_that_nobody_has(board, pair):
    mine = new_task(pair[0], "for me", assignee=pair[0].email)[0]["id"]
    other = new_task(pair[0], "for my friend", assignee=pair[1].email)[0]["id"]
    free = new_task(pair[0], "for anybody")[0]["id"]
    board.open(BOARD)
    assert lane(board) == [mine, other, free]
    for place, show, expected in ((2, "mine", [mine]), (3, "unassigned", [free]), (1, "all", [mine, other, free])):
        board.follow(f"#board-bar li:nth-child({place}) a")
        assert lane(board) == expected, show
        assert board.query.get("show", "all") == show
        assert board.all(f'#board-bar li:nth-child({place}) a[aria-current="true"]')
    # Who adds or finishes something stays in the view.
    board.open(f"{BOARD}?show=mine")
    act(board, mine, "done")
    sees(board, lambda: lane(board, "done") == [mine], "the card among what is done")
    assert board.query.get("show") == "mine" and other not in lane(board)
    board.check()


def test_a_task_has_a_page_with_its_history(board, pair):
    task, tag = new_task(pair[0], "Oder stones")
    _, tag = change_task(pair[1], task["id"], tag, title="Order stones", description="Two of them")
    change_task(pair[0], task["id"], tag, done=True)
    board.open(BOARD)
    board.follow(f'{card(task["id"])} a[href^="{BOARD}/{task["id"]}"]')
    assert board.path == f"{BOARD}/{task['id']}"
    versions = [entry.text for entry in board.all("main ol.log > li")]
    assert len(versions) == 3, versions
    assert "Done" in versions[0] or "done" in versions[0]
    assert "Oder stones" in versions[1] and "Order stones" in versions[1] and pair[1].email in versions[1]
    board.shoot("task")
    # Undo takes back the newest change, and then the one before.
    for count, title in ((4, "Order stones"), (5, "Oder stones")):
        submit(board, f'main form[action="{BOARD}/{task["id"]}/undo"]')
        sees(board, lambda count=count: len(board.all("main ol.log > li")) == count, "one more entry")
        now = task_of(pair[0], task["id"])
        assert (now["title"], now["done"], now["version"]) == (title, False, count)
    sees(board, lambda: "Oder stones" in words(board, "h1"), "the old title")
    board.check()


def test_a_task_is_edited_and_deleted_and_brought_back_on_its_page(board, pair):
    task = new_task(pair[0], "Order stones")[0]["id"]
    board.open(f"{BOARD}/{task}")
    submit(board, f'main form[action="{BOARD}/{task}"]', title="Order better stones")
    sees(board, lambda: "Order better stones" in words(board, "h1"), "the new title")
    assert board.path == f"{BOARD}/{task}"
    press(board, f'main [formaction$="/{task}/delete"]')
    sees(board, lambda: "Deleted" in words(board) and task not in [one["id"] for one in tasks_of(pair[0])], "that it is deleted")
    board.open(f"{BOARD}/{task}")
    submit(board, f'main form[action="{BOARD}/{task}/undo"]')
    sees(board, lambda: [one["title"] for one in tasks_of(pair[0])] == ["Order better stones"], "the task")
    board.check()


# Two people at once


def test_who_saves_late_is_told_and_keeps_the_own_words(board, pair):
    task, tag = new_task(pair[0], "Order stones", description="Two")
    board.open(BOARD)
    mark(board)
    selector = f"#task-form-{task['id']}"
    edit(board, task["id"])
    board.fill(selector, {"title": "Order red stones", "description": "My own words"})
    change_task(pair[1], task["id"], tag, title="Order blue stones")
    if board.has_scripts:
        # The page hears of it, and does not touch what is being written.
        sees(board, lambda: "Order blue stones" in words(board, card(task["id"])) or board.find(f"{selector} .form-behind").is_displayed(),
             "what the other wrote, or that somebody was here")
        assert board.find(f"{selector} [name=title]").get_attribute("value") == "Order red stones"
    press(board, f"{selector} button[type=submit]")
    sees(board, lambda: board.all("#conflict"), "that somebody was faster")
    assert task_of(pair[0], task["id"])["title"] == "Order blue stones", "nothing was lost"
    assert board.find("#conflict-form [name=title]").get_attribute("value") == "Order red stones"
    assert board.find("#conflict-form [name=description]").get_attribute("value") == "My own words"
    assert "Order blue stones" in words(board, "#conflict") and pair[1].email in words(board, "#conflict")
    board.shoot("task-conflict")
    submit(board, "#conflict-form")
    sees(board, lambda: task_of(pair[0], task["id"])["title"] == "Order red stones", "the own words, saved on purpose")
    now = task_of(pair[0], task["id"])
    assert (now["description"], now["version"]) == ("My own words", 3)
    board.check(412)


def test_who_saves_what_was_deleted_meanwhile_keeps_the_own_words(board, pair):
    task, tag = new_task(pair[0], "Order stones")
    board.open(BOARD)
    selector = f"#task-form-{task['id']}"
    edit(board, task["id"])
    board.fill(selector, {"title": "Order red stones"})
    delete_task(pair[1], task["id"], tag)
    press(board, f"{selector} button[type=submit]")
    sees(board, lambda: board.all("#conflict-form"), "that it is gone")
    assert board.find("#conflict-form [name=title]").get_attribute("value") == "Order red stones"
    submit(board, "#conflict-form")
    sees(board, lambda: [one["title"] for one in tasks_of(pair[0])] == ["Order red stones"], "a new task of the own words")
    board.check(404, 409, 410, 412)


def test_a_button_of_an_old_page_changes_nothing_that_was_not_seen(board, pair):
    """Form by form, so that the page is old for sure."""
    task, tag = new_task(pair[0], "Order stones")
    browser = people.Browser(pair[0].server)
    browser.sign_in(pair[0].email)
    form = button(browser, BOARD, f"/{task['id']}/done")
    change_task(pair[1], task["id"], tag, title="Order other stones")
    answer = browser.submit(form, {})
    assert answer.history[0].status_code == 303, "the answer to a form is a redirect: a reload sends nothing"
    assert "Order other stones" in html.unescape(answer.text) and "Somebody was faster" in answer.text
    assert task_of(pair[0], task["id"])["done"] is False


@with_scripts
def test_a_second_window_sees_everything_at_once(board, pair, new_window):  # noqa: F811
    friend = at_board(new_window(board.server), pair[1])
    submit(board, "#add", title="Seen by both")
    (task,) = sees(friend, lambda: lane(friend), "the new card")
    act(board, task, "done")
    sees(friend, lambda: lane(friend, "done") == [task], "that it is done")
    act(friend, task, "reopen")
    sees(board, lambda: lane(board) == [task], "that it is open again")
    edit(board, task)
    submit(board, f"#task-form-{task}", title="Seen anew by both")
    sees(friend, lambda: "Seen anew by both" in words(friend, card(task)), "the new title")
    second = new_task(pair[0], "Made by a program")[0]["id"]
    for window in (board, friend):
        sees(window, lambda window=window: lane(window) == [task, second], "what a program made")
    act(friend, second, "up")
    sees(board, lambda: lane(board) == [second, task], "the new order")
    act(friend, task, "delete")
    sees(board, lambda: lane(board) == [second], "that it is deleted")
    board.check()
    friend.check()


@with_scripts
def test_words_that_are_being_written_survive_what_others_do(board, pair):
    """Each change of others renews the board; a field that somebody writes in stays, with its cursor."""
    task, tag = new_task(pair[1], "Order stones")
    sees(board, lambda: lane(board) == [task["id"]], "the new card")
    edit(board, task["id"])
    board.fill(f"#task-form-{task['id']}", {"description": "Half a sen"})
    add = board.find("#add-title")
    add.send_keys("Half a ti")
    for number in range(3):
        other = new_task(pair[1], f"Meanwhile {number}")[0]["id"]
        sees(board, lambda other=other: other in lane(board), "what others add")
    assert board.find(f"#task-form-{task['id']} [name=description]").get_attribute("value") == "Half a sen"
    board.driver.switch_to.active_element.send_keys("tle")
    assert board.find("#add-title").get_attribute("value") == "Half a title"
    assert is_the_same_page(board)


@with_scripts
def test_the_badge_tells_when_nobody_is_there_and_when_it_goes_on(new_server, new_window):  # noqa: F811
    server = new_server()
    server.register()
    account, friend = neighbours(server)
    board = at_board(new_window(server), account)
    badge = "[data-feed-badge]"
    task = new_task(friend, "While you looked")[0]["id"]
    sees(board, lambda: lane(board) == [task], "the new card: the page is live")
    live = words(board, badge)
    server.stop()
    sees(board, lambda: "No connection" in words(board, badge) and "trying again in" in words(board, badge), "that the server is gone")
    time.sleep(STAYS_SECONDS)
    assert "Catching up" not in words(board, badge), "a server that is gone is not caught up with"
    server.start()
    second = new_task(log_in(server, friend.email), "While you were away")[0]["id"]
    wait_until(lambda: lane(board) == [task, second], 60, "what happened meanwhile", pause=0.2)
    wait_until(lambda: words(board, badge) == live, 60, "that it is live again", pause=0.2)
    assert is_the_same_page(board)


# By keyboard


def keys(window, *presses):
    ActionChains(window.driver).send_keys(*presses).perform()


def alt(window, key):
    ActionChains(window.driver).key_down(Keys.ALT).send_keys(key).key_up(Keys.ALT).perform()


def focused_card(window):
    """The id of the task whose card has the focus."""
    return window.driver.execute_script("return document.activeElement?.closest('li[data-task]')?.dataset.task ?? null")


@with_scripts
def test_the_board_works_by_keyboard(board, pair):
    one, two, three = (new_task(pair[0], name)[0]["id"] for name in ("one", "two", "three"))
    board.open(BOARD)
    mark(board)
    sees(board, lambda: board.find("#keys").is_displayed(), "what the keys do")
    board.driver.execute_script("document.querySelector(arguments[0]).focus()", f"{card(one)} article")
    assert focused_card(board) == one
    alt(board, Keys.ARROW_DOWN)
    sees(board, lambda: lane(board) == [two, one, three], "the card one place further down")
    sees(board, lambda: [task["id"] for task in tasks_of(pair[0])] == [two, one, three], "the same order on the server")
    assert focused_card(board) == one, "the focus goes with the card"
    alt(board, Keys.ARROW_DOWN)
    sees(board, lambda: [task["id"] for task in tasks_of(pair[0])] == [two, three, one], "the last place")
    alt(board, Keys.ARROW_UP)
    sees(board, lambda: [task["id"] for task in tasks_of(pair[0])] == [two, one, three], "one place further up")
    assert focused_card(board) == one
    keys(board, "k")
    sees(board, lambda: focused_card(board) == two, "the focus on the card above")
    keys(board, "j")
    sees(board, lambda: focused_card(board) == one, "the focus on the card below")
    keys(board, "d")
    sees(board, lambda: task_of(pair[0], one)["done"] and one in lane(board, "done"), "that it is done")
    board.driver.execute_script("document.querySelector(arguments[0]).focus()", f"{card(one)} article")
    keys(board, "d")
    sees(board, lambda: not task_of(pair[0], one)["done"] and one in lane(board), "that it is open again")
    assert is_the_same_page(board)
    keys(board, "n")
    sees(board, lambda: board.driver.switch_to.active_element.get_attribute("id") == "add-title", "the focus in the add field")
    # In a field letters are letters.
    keys(board, "dandy news", Keys.ENTER)
    sees(board, lambda: [task["title"] for task in tasks_of(pair[0])][-1] == "dandy news", "the new task")
    assert len(tasks_of(pair[0], "?done=true")) == 0
    board.check()


@with_scripts
def test_single_letters_can_be_turned_off(board, pair):
    """WCAG 2.2, 2.1.4: not everybody types the letters that a program hears."""
    task = new_task(pair[0], "one")[0]["id"]
    board.open(BOARD)
    sees(board, lambda: board.find("#keys").is_displayed(), "what the keys do")
    press(board, "#keys-on")
    board.driver.execute_script("document.querySelector(arguments[0]).focus()", f"{card(task)} article")
    keys(board, "d", "n")
    assert focused_card(board) == task, "`n` went nowhere"
    alt(board, Keys.ARROW_DOWN)
    assert task_of(pair[0], task)["done"] is False


@with_scripts
def test_with_tab_alone_everything_is_reached(board, pair):
    task = new_task(pair[0], "one")[0]["id"]
    board.open(BOARD)
    board.find("#add-title").click()
    reached = set()
    for _ in range(40):
        keys(board, Keys.TAB)
        element = board.driver.switch_to.active_element
        reached.add((element.get_attribute("formaction") or element.get_attribute("href") or element.tag_name).rsplit("/", 1)[-1])
    assert {"done", "delete", task} <= reached, reached


# What may not be


def test_words_of_people_are_words_and_no_script_runs(board, pair):
    nasty = "<script>window.pwned = 1</script><img src=x onerror='window.pwned = 1'>"
    task = new_task(pair[0], nasty, description=nasty + "\"'&amp;")[0]["id"]
    for path in (BOARD, f"{BOARD}/{task}"):
        board.open(path)
        assert nasty in words(board), path
        assert board.all("main img") == [] and board.all("main script:not([src])") == []
        if board.has_scripts:
            assert board.driver.execute_script("return window.pwned") is None
    board.check()


def test_a_refused_form_says_why_and_keeps_what_was_typed(pair):
    browser = people.Browser(pair[0].server)
    browser.sign_in(pair[0].email)
    add = browser.form(BOARD, BOARD)
    for fields in ({"title": "   "}, {"title": "x" * 256}, {"title": "fine", "assignee": "nobody@example.com"}):
        answer = browser.submit(add, {"description": "typed with care"} | fields)
        assert answer.history[0].status_code == 303 and 'role="alert"' in answer.text and "typed with care" in answer.text, fields
        assert browser.see(answer.url).text.count("typed with care") == answer.text.count("typed with care"), "a reload shows it again"
        (field,) = re.findall(r'name="(\w+)"[^>]* aria-invalid="true" aria-describedby="add-problem" autofocus', answer.text)
        assert field == ("assignee" if "assignee" in fields else "title"), "it is said at the field"
    assert tasks_of(pair[0]) == []
    task, _ = new_task(pair[0], "Order stones")
    answer = browser.submit(browser.form(f"{BOARD}?edit={task['id']}", f"{BOARD}/{task['id']}"), {"title": " ", "description": "typed with care"})
    assert answer.history[0].status_code == 303 and 'role="alert"' in answer.text and "typed with care" in answer.text
    assert task_of(pair[0], task["id"])["version"] == 1


MANY = 1000
CARDS = 80
BOARD_BYTES = 300_000


@pytest.fixture(scope="module")
def crowd(server):
    """Two people with a thousand tasks, each with a description."""
    pair = neighbours(server)
    tasks = [new_task(pair[0], f"Task {number}", description="Sweep, grind and carry. " * 4)[0]["id"] for number in range(MANY)]
    return pair, tasks


def test_a_thousand_tasks_make_a_small_page_and_each_is_reached(server, crowd):
    (account, _), tasks = crowd
    browser = people.Browser(server)
    browser.sign_in(account.email)
    path, seen = BOARD, []
    while path:
        text = browser.see(path).text
        assert len(text.encode()) < BOARD_BYTES
        seen += re.findall(r'<li class="task-place" id="task-([^"]+)"', text)
        further = re.search(r'rel="next" href="([^"#]+)', text)
        path = further and html.unescape(further[1])
    assert seen == tasks


def test_a_task_goes_over_the_end_of_a_page(server, crowd, new_window):  # noqa: F811
    (account, _), _ = crowd
    board = at_board(new_window(server), account)
    last = lane(board)[-1]
    act(board, last, "down")
    sees(board, lambda: last in lane(board) and board.query.get("todo") == "2", "the page where the card is now")
    assert lane(board)[0] == last
    act(board, last, "up")
    sees(board, lambda: board.query.get("todo", "1") == "1" and lane(board)[-1] == last, "the first page, where it was")
    board.check()


def test_a_new_task_is_shown_where_it_stands(server, crowd, new_window):  # noqa: F811
    (account, _), tasks = crowd
    board = at_board(new_window(server), account)
    submit(board, "#add", title="The last one")
    sees(board, lambda: "The last one" in words(board, "#tasks-todo"), "the page that ends with it")
    assert board.query["todo"] == str(MANY // CARDS + 1)
    task = next(one["id"] for one in tasks_of(account) if one["title"] == "The last one")
    act(board, task, "delete")
    sees(board, lambda: task not in lane(board), "that it is gone")


@with_scripts
def test_a_change_touches_only_its_own_card(server, crowd, new_window):  # noqa: F811
    (account, friend), tasks = crowd
    board = at_board(new_window(server), account)
    shown = lane(board)
    tag = friend.expect(200, "GET", f"{API}/collab/tasks/{shown[3]}").headers["ETag"]
    # The first change teaches the page what the server writes; from then on it compares card by card.
    _, tag = change_task(friend, shown[3], tag, title="First")
    sees(board, lambda: "First" in words(board, card(shown[3])), "the first change")
    board.driver.execute_script("""
        window.touched = new Set();
        new MutationObserver((list) => { for (const { target } of list) {
          const card = (target.nodeType === 1 ? target : target.parentElement)?.closest("[data-task]");
          if (card && !(target.nodeName === "TIME" || target.parentElement?.nodeName === "TIME")) window.touched.add(card.dataset.task);
        } }).observe(document.getElementById("board"), { subtree: true, childList: true, attributes: true, characterData: true,
          attributeFilter: ["data-etag", "class", "value", "href"] });
    """)
    change_task(friend, shown[3], tag, title="Second")
    sees(board, lambda: "Second" in words(board, card(shown[3])), "the second change")
    assert board.driver.execute_script("return [...window.touched]") == [shown[3]]


def test_the_board_of_another_tenant_is_not_there(server, pair):
    (stranger,) = neighbours(server, 1)
    task = new_task(pair[0], "Not for strangers")[0]["id"]
    browser, own = people.Browser(server), people.Browser(server)
    browser.sign_in(stranger.email)
    own.sign_in(pair[0].email)
    assert "Not for strangers" not in browser.see(BOARD).text
    browser.see(f"{BOARD}/{task}", 404)
    token = browser.form(BOARD, BOARD)["fields"]
    done = button(own, BOARD, f"/{task}/done")
    for verb in ("", "/done", "/reopen", "/up", "/down", "/delete", "/undo"):
        answer = browser.submit({"action": f"{BOARD}/{task}{verb}", "fields": done["fields"] | token}, {"title": "mine now", "etag": "*"})
        assert answer.status_code == 404, f"{verb}: {answer.status_code}"
    assert task_of(pair[0], task)["version"] == 1


def test_a_form_of_a_foreign_page_changes_nothing(server, pair):
    task = new_task(pair[0], "Order stones")[0]["id"]
    browser = people.Browser(server)
    browser.sign_in(pair[0].email)
    done = button(browser, BOARD, f"/{task}/done")
    refused = [
        browser.submit(done, {}, headers={"Origin": "https://evil.example"}), browser.submit(done, {}, headers={"Sec-Fetch-Site": "cross-site"}),
        browser.submit(done | {"fields": {name: value for name, value in done["fields"].items() if name != "form_token"}}, {}),
    ]
    assert [answer.status_code for answer in refused] == [403] * 3
    assert task_of(pair[0], task)["done"] is False


def test_nothing_changes_by_looking(server, pair):
    task = new_task(pair[0], "Order stones")[0]["id"]
    browser = people.Browser(server)
    browser.sign_in(pair[0].email)
    for verb in ("done", "reopen", "up", "down", "delete", "undo"):
        answer = browser.get(f"{server.base}{BOARD}/{task}/{verb}", timeout=30)
        assert (answer.status_code, people.path_of(answer)) == (200, f"{BOARD}/{task}"), f"{verb} leads to the page of the task"
    assert task_of(pair[0], task)["version"] == 1


def test_the_pages_have_a_strict_policy_and_nothing_inline(server, pair):
    task = new_task(pair[0], "Order stones", description="Two")[0]["id"]
    browser = people.Browser(server)
    browser.sign_in(pair[0].email)
    for path in (BOARD, f"{BOARD}/{task}", f"{BOARD}?show=mine"):
        answer = browser.see(path)
        assert "unsafe" not in answer.headers["Content-Security-Policy"] and "'none'" in answer.headers["Content-Security-Policy"]
        assert people.Forms(answer.text).inline == []


def test_who_is_not_signed_in_is_led_to_the_door_and_back(server, pair):
    browser = people.Browser(server)
    answer = browser.get(f"{server.base}{BOARD}?show=mine", timeout=30)
    assert people.path_of(answer) == "/auth/login"
    assert urllib.parse.parse_qs(urllib.parse.urlsplit(answer.url).query)["next"] == [f"{BOARD}?show=mine"]


def test_the_menu_leads_to_the_board(board):
    board.open("/dashboard")
    board.follow(f'nav[aria-label="Main"] a[href="{BOARD}"]')
    assert board.path == BOARD
    assert board.find(f'nav[aria-label="Main"] a[href="{BOARD}"]').get_attribute("aria-current") == "page"
