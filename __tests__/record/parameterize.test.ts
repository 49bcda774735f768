import { createParameterizer, OptionsError, parameterize } from '../../src';
import { readLabelledMessages } from '../support/labelled-messages';

describe('parameterize', () => {
  it.each([
    ['user 17 failed', 'user <number> failed'],
    ['offset -27, ratio 97.5%, mask 0xffe0, rank #3', 'offset <number>, ratio <number>, mask <number>, rank <number>'],
    ['iar 00106570 dear 0245a4d0', 'iar <number> dear <number>'],
    ['moved 1.5e-7 at 3.60GHz', 'moved <number> at <number>'],
    ['job 550e8400-e29b-41d4-a716-446655440000 done', 'job <number> done'],
    ['Deleting block blk_-1046472716157313227', 'Deleting block <number>'],
    ['card 00:11:43:e3:ba:c3, bus 0000:00:1e.0', 'card <number>, bus <number>'],
    ['storage442 is full', '<number> is full'],
    ['cleanup.ts:17 threw Event@7317849d', '<path> threw Event@<number>'],
    ['connect ECONNREFUSED 127.0.0.1:6379', 'connect ECONNREFUSED <host>'],
    ['from /10.251.73.220:54106 to db-2/10.0.0.7:8030', 'from <host> to <host>'],
    ['listening on ::1 and fe80::1%eth0', 'listening on <host>'],
    ['proxy.cse.example.edu:5070 close', '<host> close'],
    ['rev 195-154-37-122.rev.example.eu refused', 'rev <host> refused'],
    ['wrote /var/log/a.log to ./tmp/x and C:\\Temp\\y.dll', 'wrote <path> to <path>'],
    ['at run (src/index.js:10:5)', 'at run (<path>)'],
    ['GET https://api.example.com/v1/users?id=17.', 'GET <url>.'],
    ['sent to ann@example.com', 'sent to <email>'],
    ['2026-11-24T15:31:07.000Z up', '<time> up'],
    ['at Sat Jun 18 02:08:10 2005', 'at <time>'],
    ['[10/Oct/2000:13:55:36 -0700] up', '[<time>] up'],
    ['took 12ms, then 1.2 s, 3 minutes or 00:02', 'took <time>, then <time> or <time>'],
    ['size 388.0 B of 13.2 KB, 2364 bytes', 'size <size> of <size>'],
    ["Cannot find module 'express'", 'Cannot find module <text>'],
    ['lock "View Lock" of `main`', 'lock <text> of <text>'],
    ['uid=0 ws=null tag="View Lock" at=Rect(0, 0 - 7, 12)', 'uid=<value> ws=<value> tag=<value> at=<value>'],
    ['logname= user=root', 'logname=<value> user=<value>'],
    ['session opened for user ann by (uid=0)', 'session opened for user <name> by (uid=<value>)'],
    ['Failed password for ann from 10.0.0.1 port 22 ssh2', 'Failed password for <name> from <host> port <number> ssh2'],
    ['Invalid user 0101 from 10.0.0.1', 'Invalid user <name> from <host>'],
    ['failed for an1 an2 an3, an4', 'failed for <number>'],
    ['gave up on blk_17: retry 3.', 'gave up on <number>: retry <number>.'],
    ['moved x_<text>7', 'moved x_<text><number>'],
    ['import 1234567d-0000-4000-8000-00000000000a done', 'import <number> done'],
    ['import 12345678-1234-1234-1234-123456789012 done', 'import <number> done'],
    ['device aa:bb:cc:dd:ee:ff, device a4-5e-60-c2-11-f0', 'device <number>, device <number>'],
    ['no customer cus_LRxwtHqyTzKmbw, link kQzLrTmWxYvBnCdFgHjKp', 'no customer <number>, link <number>'],
    ['revision deadbee of user#42, lock order_8:item_17', 'revision <number> of <number>, lock <number>'],
    ['v1.4.2 after 2.0.0-rc.1', '<number> after <number>'],
    ['served 0-1023/4096, 3rd try, 97.5 %', 'served <number> try, <number>'],
    ['paid €1,249.50 of 1 200 ₽ or 49.00 EUR', 'paid <number> of <number> or <number>'],
    ['took 1m12s at 12.5 MB/s, then +3ms', 'took <time> at <size>, then <time>'],
    ['until Sun May 12 2024 18:02:11 GMT+0200 (Central European Summer Time)', 'until <time>'],
    ['syntax error (3:17)', 'syntax error (<number>)'],
    ['proxy to [2001:db8::5]:8080 or localhost:3000', 'proxy to <host> or <host>'],
    ['in use :::3000', 'in use <host>'],
    ['getaddrinfo ENOTFOUND kafka', 'getaddrinfo ENOTFOUND <host>'],
    ['GET / 200 and GET /a/[slug]/b 200', 'GET <path> 200 and GET <path> 200'],
    ['Mapped {/users/:id, GET} and {/, GET}', 'Mapped {<path>, GET} and {<path>, GET}'],
    ['mail from "Bob B" <bob@example.com>', 'mail from <email>'],
    ["could not parse '' or \"it's late\"", 'could not parse <text> or <text>'],
    ['renamed "a"->"b c"', 'renamed <text>-><text>'],
    ['{"retry":null,"p95":12,"done":true}', '{"retry":<value>,"p95":<value>,"done":<value>}'],
    ['p95=12ms k8s=true', 'p95=<value> k8s=<value>'],
    ['offsets [orders-0@18, orders-1@99]', 'offsets [<number>@<number>]'],
    ['path [ "items", 3, "unit" ]', 'path [<number>]'],
    ['check disk ........ ok ========', 'check disk ... ok ==='],
    ['processed 250 jobs in 3 batches of 2 entries', 'processed <number> job in <number> batch of <number> entry'],
    ['注文１７件', '注文<number>件'],
    ['طلب ١٧', 'طلب <number>'],
    [
      '::1 - ann [12/May/2024:18:02:11 +0000] "GET /x HTTP/1.1" 200 5',
      '<host> - - [<time>] "GET <path> HTTP/<number>" 200 <number>',
    ],
    ['sms to +1 (555) 010-9988, then to +49 30 901820', 'sms to <number>, then to <number>'],
    ['User: arn:aws:iam::998877665544:user/deploy', 'User: <url>'],
    ['id ZsA5Pqk/2wCqJzpLC/WhgQVm7rI0iQ/efh3Qp7A0EU7fCK=', 'id <number>'],
    ['Compiled / in 2.1s, read / write of 3', 'Compiled <path> in <time>, read / write of <number>'],
    ['GET /x 304 0.6 ms - -', 'GET <path> 304 <time> - <number>'],
    ['revision 1234567d of 12e45678, blob 0000000000000000', 'revision <number> of <number>, blob <number>'],
    ['left 2001:db8::0:0d:0, fe80::1:5d', 'left <host>'],
    [
      'lock user:5d:cart, job repeat:9f2e3d4c5b6a7988:1714550400000 stalled',
      'lock user:<number>:cart, job repeat:<value> stalled',
    ],
    ['user:17 gone, took:5ms', 'user:<value> gone, took:<time>'],
    ['heap 512M of 1.5G, 3 megabytes', 'heap <size> of <size>'],
    ['lasted PT15M until 20241231T235959Z, at 6:02 pm', 'lasted <time> until <time>, at <time>'],
    ['Unexpected token at 3:17 or at line 12:05', 'Unexpected token at <number> or at line <number>'],
    ['in api.ts:12:5 by lodash@4.17.21', 'in <path> by <number>'],
    ['fetch http://[::1]:3000/a(b)/[id].', 'fetch <url>.'],
    ['GET /a/(group)/[...slug] 200', 'GET <path> 200'],
    ["unknown column 'o'brien' in list", 'unknown column <text> in list'],
    ['paid USD 12.50 for pages 5 - 7', 'paid <number> for pages <number>'],
    ['mail to Ann Lee <ann@example.com> or mailto:bob@example.com', 'mail to <email> or mailto:<email>'],
    ['rendered /shop/[[...path]] and /[lang]/about at 12/s', 'rendered <path> at <number>'],
    ['due May 12th, 2024 10:00:00+00 with ‘hello’', 'due <time> with <text>'],
    ['pulled redis:7-alpine, No such image: nginx:1.27.1', 'pulled <path>, No such image: <path>'],
    ['pulling ghcr.io/acme/api@sha256:3f2a1bc4d5e6f708', 'pulling <path>'],
    ['Route GET:/users/17?x=1 or GET:/ not found', 'Route GET:<path> or GET:<path> not found'],
    ['sent bytes 0-1023/4096 and 1024-2047/*', 'sent bytes <number>'],
    ['user null not found, id undefined (null)', 'user <number> not found, id <number> (<number>)'],
    ['due 2.1.2024, 15:04:05', 'due <time>'],
    ['sent to Bob <bob@example.com>', 'sent to <email>'],
    ['read 120 fps=30 q=2', 'read <number> fps=<value> q=<value>'],
  ])('puts placeholders for the parts of %j that vary', (message, key) => {
    expect(parameterize(message)).toBe(key);
  });

  it.each([
    ['GET /users/17 404 12.3 ms - 512', 'GET <path> 404 <time> - <number>'],
    ['"POST /a/1?b=2 HTTP/1.1" 201 2326', '"POST <path> HTTP/<number>" 201 <number>'],
    ['failed with status code 503 after 503 tries', 'failed with status code 503 after <number> try'],
    ['status=404 method=GET path=/users/17', 'status=404 method=GET path=<value>'],
    ['{"status":404,"id":17,"state":"paid","by":"ann"}', '{"status":404,"id":<value>,"state":"paid","by":<value>}'],
    ['level=info msg="user created" user=17', 'level=info msg="user created" user=<value>'],
    ['java.net.NoRouteToHostException: No route', 'java.net.NoRouteToHostException: No route'],
    ['utf-8, sha256 and http2 over ipv6', 'utf-8, sha256 and http2 over ipv6'],
    ['read/write of TCP/IP, N/A', 'read/write of TCP/IP, N/A'],
    ["can't open the user's file", "can't open the user's file"],
    ["can't open the users' file", "can't open the users' file"],
    ['Invalid user credentials', 'Invalid user credentials'],
    ['waiting for user input', 'waiting for user input'],
    ['заказ 17 оплачен', 'заказ <number> оплачен'],
    ['订单17已完成', '订单<number>已完成'],
    ['closed with code 1006 (errno 1213, SQLSTATE 40P01)', 'closed with code 1006 (errno 1213, SQLSTATE 40P01)'],
    ['exited with code [137], level: 30', 'exited with code [137], level: 30'],
    ['E11000 duplicate key, [P2024] and [DEP0040]', 'E11000 duplicate key, [P2024] and [DEP0040]'],
    ['MongoServerError: E11000 duplicate', 'MongoServerError: E11000 duplicate'],
    ["{ code: 'P2002', errno: -111 }", "{ code: 'P2002', errno: -111 }"],
    ['rejected: 550 5.1.1 unknown, 535-5.7.8 denied', 'rejected: 550 5.1.1 unknown, 535-5.7.8 denied'],
    ['Error: NJS-040: timed out, DPI-1047', 'Error: NJS-040: timed out, DPI-1047'],
    ["Cannot read properties of null (reading 'x')", 'Cannot read properties of null (reading <text>)'],
    ['Cannot convert undefined or null to object', 'Cannot convert undefined or null to object'],
    ['no default for null values', 'no default for null values'],
    ['got 404 from https://a.example.com/x', 'got 404 from <url>'],
    ['webhook delivery failed (404), GET /a - 500', 'webhook delivery failed (404), GET <path> - 500'],
    ['Data command failed: 452 too many', 'Data command failed: 452 too many'],
    ['HttpException: 404, AADSTS50058: no session', 'HttpException: 404, AADSTS50058: no session'],
    ['insert failed [23505], failure (40001)', 'insert failed [23505], failure (40001)'],
    ['download failed (404), upload failed [503]', 'download failed (404), upload failed [503]'],
    ['read ECONNRESET in findOneOrFail of TLSSocketFactory', 'read ECONNRESET in findOneOrFail of TLSSocketFactory'],
    ['the file succeeded', 'the file succeeded'],
    ['order 17 exists', 'order <number> exists'],
  ])('keeps the parts of %j that say what happened', (message, key) => {
    expect(parameterize(message)).toBe(key);
  });

  it.each([
    ['the unit of a size', 'free 388.0 B', 'free 13.2 KB'],
    ['the spelling of a size', 'sent 3 kb', 'sent 1.5Gb'],
    ['quotes of print', 'Hello, “Ann”', 'Hello, „Bob“'],
    ['a value that is empty', 'user= retry=1', 'user=ann retry=2'],
    [
      'the size of a body',
      '10.0.0.1 - - [24/Nov/2026:15:31:07 +0000] "GET / HTTP/1.1" 200 -',
      '10.0.0.1 - ann [24/Nov/2026:15:31:07 +0000] "GET / HTTP/1.1" 200 12',
    ],
    [
      'a host that is not found, with its port',
      'getaddrinfo EAI_AGAIN postgres postgres:5432',
      'getaddrinfo EAI_AGAIN db db:3306',
    ],
    ['a colour or an extent', 'drawn in #ff00aa, 1920x1080', 'drawn in #123456, 3x4'],
    ['the format of a duration', 'lifetime <1 sec', 'lifetime 00:02'],
    ['the letters of a hexadecimal number', 'lr:00206158', 'lr:4422882c'],
    ['a sign', 'moved -1', 'moved 1'],
    ['a host, by name or address', 'from 10.0.0.1', 'from a.example.com'],
    ['the length of a list', 'delete blk_1', 'delete blk_2 blk_3 blk_4'],
    ['the kind of a value', 'ws=null', 'ws=WorkSource{10113}'],
    ['an identifier of any kind', 'lock of 18 lost', 'lock of 5e0c7f21-3d44-4b52-9a60-f0e1d2c3b4a5 lost'],
    ['the length of a hash', 'at 3f2a1bc', 'at e83c5163316f89bfbde7d9ab23ca2e25604af290'],
    ['a list of texts', 'tags [] set', 'tags ["a", "b"] set'],
    ['an empty bracket', 'worker () released [] now', 'worker (17) released [b22, 3] now'],
    ['the version of HTTP', '"GET /a HTTP/1.1" 200 5', '"GET / HTTP/2.0" 200 7'],
    ['the way a time is written', 'due 11/30/26 3:04 PM', 'due 30/Nov/2026:15:04:05 +0000'],
    ['a zone of time', 'at 15:04 CET', 'at 3:04 pm PST'],
    ['the unit of a rate', 'throttled to 300kbps', 'throttled to 1.2 Mbit/s'],
    ['the unit of a number', 'at 61°C, 97.5 %', 'at 58.5 °C, 3%'],
    ['the length of a list of objects', 'got [{"sku":1}]', 'got [{"sku":1},{"sku":2}]'],
    ['the length of a list after an equals sign', 'ids=17 done', 'ids=17,18,19 done'],
    ['a service and its port', 'connect ECONNREFUSED ::1:27017', 'connect ECONNREFUSED mongo:27017'],
    ['padding of base64', 'sum 1B2M2Y8AsgTpgAmY7PhCfg==', 'sum q1MKE+RZFJgrefm34/uplM=='],
    ['a URL of a file', 'loading file:///srv/a.mjs', 'loading ./a.js'],
    ['what stands for no value after a verb', 'parent of node is null', 'parent of node is 4'],
    ['a value after an equals sign between blanks', 'dark = true now', 'dark = 17 now'],
    ['the kind of a host', 'pool lost redis-master:6379', 'pool lost 10.0.0.4:5432'],
    [
      'the length of a list of objects in JSON',
      '{"lines":[],"n":1}',
      '{"lines":[{"a":1,"b":"x"},{"a":2,"b":"y"}],"n":2}',
    ],
    ['what stands for no value', 'left (id: )', 'left (id: null)'],
    ['the kind of a value after a colon', 'owner: 17, size: 4', 'owner: null, size: 12'],
    ['a list that may be empty', '{"ids":[],"n":1}', '{"ids":[1,2,3],"n":2}'],
    ['the number of blanks', 'rhost=a  user=b', 'rhost=a user=b'],
    ['a day of the week', 'next run on Mon at 03:00', 'next run on Sunday at 15:30'],
    ['a month', 'invoice of January is due', 'invoice of May is due'],
    ['a month with its year', 'report for March 2026 sent', 'report for Sept 2025 sent'],
    ['a zone of time by its name', 'clock set to Europe/Berlin', 'clock set to America/New_York'],
    ['the unit of time of a rate', 'limit is 5 req/s', 'limit is 120 req/min'],
    ['the way a rate is written', 'limit is 5 req/s', 'limit is 5 req per hour'],
    ['the schedule of cron', 'runs 0 3 * * * again', 'runs */5 9-17 * * 1-5 again'],
    ['a range of versions', 'needs node >=18 <23, found 16', 'needs node ^20.1, found 18'],
    ['sizes of which one is a part', 'mem 45.3MB/512MB', 'mem 1.2GB/2GB'],
    ['the date of a line of Kubernetes', 'I1124 15:31:07.1 9 x', 'I0301 01:02:03.2 8 x'],
    ['the unit of time of a rate in words', 'ingests 5 events per second', 'ingests 1 event per hour'],
    ['a glob', 'no test found for src/**/*.{ts,tsx}', 'no test found for *.test.js'],
    ['a glob over all folders', 'ignoring **/dist/** today', 'ignoring *.log today'],
    ['a number after a verb that a method is named by', 'failed to delete user 404', 'failed to delete user 500'],
    ['a number after a short word', 'moved src 404 again', 'moved src 7 again'],
    ['the pattern of a key', 'deleted session:* again', 'deleted cart:*:items again'],
    ['days of the week', 'open Mon-Fri again', 'open Sat-Sun again'],
    ['a day and its month', 'due on Monday, 24 November', 'due on Sunday, 1 March'],
    ['the letter of a count', 'read 12k rows', 'read 3M rows'],
    ['the position in a file', 'bad import in ./src/a.ts:12:3', 'bad import in src/b/c.ts:1:44'],
    ['bytes as Node prints them', 'got <Buffer 68 65 6c>', 'got <Buffer 00 ff 1a ... 17 more bytes>'],
    ['the length of a map', "Map(2) { 'a' => 1, 'b' => 2 }", "Map(1) { 'c' => 3 }"],
    ['the kind of an interval', 'rows [0, 100) skipped', 'rows 0-100 skipped'],
    ['an interval', '812 is outside [0, 100)', '9 is outside [1, 5)'],
    ['a bar of progress', 'importing [=====>    ] 45%', 'importing [==========] 100%'],
    ['a bar that has just begun', 'importing [##......] 2/8', 'importing [>         ] 3%'],
    ['a bar of blocks', 'sync █████░░░░░ 50%', 'sync ░░░░░░░░░░ 0%'],
    ['what turns', '⠋ fetching packages', '⠼ fetching packages'],
  ])('gives one key to messages that differ in %s', (_, one, other) => {
    expect(parameterize(one)).toBe(parameterize(other));
  });

  it.each([
    ['responded with 429', 'responded with 503'],
    ['response 502', 'response 504'],
    ['error 1205, deadlock', 'error 1213, deadlock'],
    ['AuthApiError 400', 'AuthApiError 401'],
    ['OAuth1 refused', 'OAuth2 refused'],
    ['404 GET list', '500 GET list'],
    ['save failed: P2002', 'save failed: P2003'],
    ['Prisma error P2002 on save', 'Prisma error P2003 on save'],
    ['ended with ORA-00904', 'ended with ORA-01017'],
    ['error TS2345: no match', 'error TS2322: no match'],
    ['ERR_HTTP2_STREAM_ERROR', 'ERR_HTTP2_SESSION_ERROR'],
    ['exited (1)', 'exited (137)'],
    ['exited with 1', 'exited with 137'],
    ['command failed, exit=1', 'command failed, exit=137'],
    ['process.exit(0) called', 'process.exit(1) called'],
    ['exit code:1', 'exit code:137'],
    ['exit code 0xC0000005', 'exit code 0xC0000409'],
    ['main process exited, status=1/FAILURE', 'main process exited, status=203/EXEC'],
    ['ssh failed, rc=1', 'ssh failed, rc=255'],
    ['killed by signal 9', 'killed by signal 11'],
    ['worker died (code: null, signal: SIGTERM)', 'worker died (code: null, signal: SIGKILL)'],
    ['SSL alert number 40', 'SSL alert number 48'],
    ['make: *** Error 2', 'make: *** Error 127'],
    ['pg said 23505', 'pg said 23503'],
    ['deadlock (40P01)', 'deadlock (42P01)'],
    ['ERROR: 23505: duplicate', 'ERROR: 23503: duplicate'],
    ['ERROR 1213 in transaction', 'ERROR 1205 in transaction'],
    ['sqlstate=0A000', 'sqlstate=3D000'],
    ['[MY-010055] failed', '[MY-010116] failed'],
    ['error #418 of React', 'error #423 of React'],
    ['Unexpected server response: 502', 'Unexpected server response: 404'],
    ['server answered 502', 'server answered with 404'],
    ['got a 502 from upstream', 'got a 404 from upstream'],
    ['HTTP Error: 503', 'HTTP Error: 404'],
    ['failed these checks: codes: [502]', 'failed these checks: codes: [404]'],
    ['socket closed: 1006', 'socket closed: 1011'],
    ['socket closed with 1006', 'socket closed with 4001'],
    ['rule E501 ignored', 'rule F401 ignored'],
    ["exits with code '2'", "exits with code '1'"],
    ['refused by error(404)', 'refused by error(500)'],
    ['librdkafka error -195', 'librdkafka error -187'],
    ['transport failure (-195)', 'transport failure (-187)'],
    ['libuv returned -4058', 'libuv returned -4082'],
    ['server returned 502', 'server returned 404'],
    ['request failed: 502', 'request failed: 404'],
    ['AMQP 404', 'AMQP 406'],
    ['TLS alert 40', 'TLS alert 48'],
    ['disconnected (1006)', 'disconnected (1011)'],
    ["{ syscall: 'open', errno: -2 }", "{ syscall: 'read', errno: -2 }"],
  ])('keeps %j and %j apart, which are different failures', (one, other) => {
    expect([parameterize(one), parameterize(other)]).toEqual([one, other]);
  });

  it.each([
    ['https://a.b/c returned 502', '<url> returned 502'],
    ['https://a.b/c failed (404)', '<url> failed (404)'],
    ['https://a.b/c => 404', '<url> => 404'],
    ['GET /a/1 → 404', 'GET <path> → 404'],
    ['GET /a/1 | 404 | 12ms', 'GET <path> | 404 | <time>'],
    ['[404] GET /a/1', '[404] GET <path>'],
    ['10.0.0.1:80 0.03 502 502 0 57 "GET /a HTTP/1.1"', '<host> <number> 502 <number> "GET <path> HTTP/<number>"'],
    ["failed: (1213, 'Deadlock found')", 'failed: (1213, <text>)'],
    ['10.0.0.1:80 -1 502 - 34 366 "GET /a HTTP/1.1"', '<host> <number> 502 - <number> "GET <path> HTTP/<number>"'],
  ])('keeps the status in %j', (message, key) => {
    expect(parameterize(message)).toBe(key);
  });

  it.each([
    ['exited 5 workers', 'exited <number> worker'],
    ['answered 302 questions', 'answered <number> question'],
    ['closed 1006 connections', 'closed <number> connection'],
    ['error 3 of 5', 'error <number> of <number>'],
    ['12 jobs failed (120)', '<number> job failed (<number>)'],
    ['crawled https://a.b 312 times', 'crawled <url> <number> time'],
    ['the query returned 200', 'the query returned <number>'],
    ['wrote 200 rows to https://a.b', 'wrote <number> row to <url>'],
    ['Marker 12 and Decoder 5', 'Marker <number> and Decoder <number>'],
    ['**Note:** [...] 5 more', '**Note:** [...] <number> more'],
    ['a > 5 but -> 6', 'a > <number> but -> <number>'],
    ['**bold** * item * other', '**bold** * item * other'],
    ['they march on', 'they march on'],
  ])('takes no number or word of %j for a code or a time', (message, key) => {
    expect(parameterize(message)).toBe(key);
  });

  it.each([
    ['Failed:\n- name is short\n    at run (/a.js:1:2)', 'Failed: - name is short'],
    [
      '\nInvalid `user.create()` invocation:\n\n\nUnique constraint failed',
      'Invalid <text> invocation: Unique constraint failed',
    ],
    [
      'Invalid `user.create()` invocation in\n/srv/a.js:118:37\n\n  115 const a = 1;\n→ 118 await user.create(\nUnique constraint failed',
      'Invalid <text> invocation: Unique constraint failed',
    ],
    ['{\n  code: "EPIPE",\n  port: 80\n}\nmore', '{ code: "EPIPE", port: <value> }'],
    ['AxiosError\n    at run (/a.js:1:2)', 'AxiosError'],
    [
      "PrismaClientKnownRequestError\n    at x (/a.js:1:2)\n    at y (/b.js:3:4) {\n  code: 'P2002',\n  meta: { n: 1 }\n}",
      "PrismaClientKnownRequestError { code: 'P2002', meta: { n: <value> } }",
    ],
    ["/app/x.js:12\n  throw new Error('boom');\n  ^\n\nError: boom\n    at run (/app/x.js:12:9)", 'Error: boom'],
    ['node:events:497\n      throw er;\n      ^\n\nError: bind EACCES 0.0.0.0:80', 'Error: bind EACCES <host>'],
    ['⨯ app/page.tsx (12:9) @ Page\n⨯ Error: no product\n> 12 | find()', '⨯ Error: no product'],
    ['=====\nmigration failed\n=====', 'migration failed'],
    ['unhandledRejection\nTypeError: x is not a function', 'unhandledRejection TypeError: x is not a function'],
    ['/app/x.js:12', '<path>'],
    ['KafkaJSError\n  Caused by: timed out\nmore', 'KafkaJSError Caused by: timed out'],
    [
      'Traceback (most recent call last):\n  File "/app/a.py", line 12, in run\n    job()\nValueError: bad\n',
      'Traceback (most recent call last): ValueError: bad',
    ],
  ])('goes on where the first line of %j says nothing, up to the stack', (message, key) => {
    expect(parameterize(message)).toBe(key);
  });

  it('ignores escapes of a terminal: links, titles, character sets', () => {
    const link = 'see \u001b]8;;https://a.example.com\u001b\\run 17\u001b]8;;\u001b\\ now';
    expect(parameterize(link)).toBe('see run <number> now');
    expect(parameterize('\u001b]0;worker 4\u0007\u001b(Bidle')).toBe('idle');
  });

  it.each([
    ['of Node programs, known', 'known', 0.85],
    ['of Node programs, set aside', 'aside', 0.85],
    ['of kinds of values, known', 'kinds', 0.95],
    ['of kinds of values, set aside', 'kinds aside', 0.85],
  ] as const)('groups the messages %s, and mixes no two failures', (_, part, least) => {
    const messages = readLabelledMessages(part);
    const groups = new Map<string, Set<string>>();
    const keys = new Map<string, Set<string>>();
    for (const { message, group } of messages) {
      const key = parameterize(message);
      keys.set(group, (keys.get(group) ?? new Set()).add(key));
      groups.set(key, (groups.get(key) ?? new Set()).add(group));
    }
    expect([...groups].filter(([, each]) => each.size > 1)).toEqual([]);
    const isRight = (group: string): boolean => keys.get(group)?.size === 1;
    expect(messages.filter(({ group }) => isRight(group)).length / messages.length).toBeGreaterThan(least);
  });

  it('takes the first line with text, without colour codes', () => {
    const stack = '\n\u001b[31m\u001b[39m\n \t\n  \u001b[31mError\u001b[39m: order 17\n    at run (/app/a.js:1:2)\n';
    expect(parameterize(stack)).toBe('Error: order <number>');
    expect(parameterize('order 17\r\nfailed')).toBe('order <number>');
  });

  it('gives an empty key to a message without text', () => {
    expect(['', ' \n\t\r\n', '\u001b[31m\u001b[0m'].map(parameterize)).toEqual(['', '', '']);
  });

  it('cuts a long key at a blank, so that no token is cut in two', () => {
    expect(parameterize(`a ${'1f2x,b '.repeat(500)}`)).toMatch(/^a (<number>,b )+<number>,b$/);
    expect(parameterize(`${'word '.repeat(204)}wordy 17`)).toBe('word '.repeat(204).trimEnd());
  });

  it('cuts a long text without blanks between characters', () => {
    expect(parameterize('订'.repeat(2000))).toBe('订'.repeat(341));
    expect(parameterize(`a${'😀'.repeat(2000)}`)).toBe(`a${'😀'.repeat(255)}`);
  });
});

describe('createParameterizer', () => {
  it('replaces what its rules say before the other rules', () => {
    const key = createParameterizer({ rules: [{ pattern: /\bTenant [A-Z]\w+/, name: 'tenant' }] });
    expect(key('Tenant Acme has 17 users, Tenant Globex 3')).toBe('<tenant> has <number> user, <tenant> <number>');
  });

  it('takes the info of a log call, by its message', () => {
    const key = createParameterizer();
    expect(key({ message: 'user 17 left' })).toBe('user <number> left');
    expect(key({ message: 17 })).toBe('<number>');
    expect(key({})).toBe('undefined');
  });

  it('keeps nothing between calls of an expression with a state', () => {
    const key = createParameterizer({ rules: [{ pattern: /x\d/gy, name: 'x' }] });
    expect([key('a x1 x2'), key('b x1 x2'), key('c x3')]).toEqual(['a <x>', 'b <x>', 'c <x>']);
  });

  it.each([
    ['rules', { rules: 'all' }],
    ['rules', { rules: Array(51).fill({ pattern: /a/, name: 'a' }) }],
    ['rules[0].pattern', { rules: [{ pattern: 'a', name: 'a' }] }],
    ['rules[0].name', { rules: [{ pattern: /a/, name: 'A 1' }] }],
    ['options', null],
  ])('refuses a wrong %s', (option, options) => {
    const create = (): unknown => createParameterizer(options as never);
    expect(create).toThrow(OptionsError);
    expect(create).toThrow(option);
  });
});

describe('memory of keys', () => {
  it('gives each of thousands of messages its own key, whenever it comes again', () => {
    const messages = Array.from({ length: 5000 }, (_, i) => `message ${i.toString(36).replace(/\d/g, 'z')} of ${i}`);
    const keys = messages.map((message) => parameterize(message));
    expect(messages.toReversed().map((message) => parameterize(message))).toEqual(keys.toReversed());
    expect(keys[40]).toBe('message zz of <number>');
  });
});
