//! The rows of the table: a state, a command, and what each side gets to hear.

/// Events and the state they lead to, `!` who is told, `^` what becomes of the board, `-` for nothing, or the code
/// of the refusal. Kim is the admin who is in, wherever one is in; Park is never in.
pub(super) const ROWS: &str = "

# state          | command            | caller                                   | stranger        | Kim                        | Park                  | system
none             | call               | called>waiting !call:on-duty             | not_allowed     | not_allowed                | not_allowed           | not_allowed
none             | call and say       | called+said>waiting !call:on-duty        | not_allowed     | not_allowed                | not_allowed           | not_allowed
none             | say                | no_conversation                          | no_conversation | no_conversation            | no_conversation       | no_conversation
none             | note               | no_conversation                          | no_conversation | no_conversation            | no_conversation       | no_conversation
none             | join, caller there | no_conversation                          | no_conversation | no_conversation            | no_conversation       | no_conversation
none             | join, caller gone  | no_conversation                          | no_conversation | no_conversation            | no_conversation       | no_conversation
none             | leave              | no_conversation                          | no_conversation | no_conversation            | no_conversation       | no_conversation
none             | close              | no_conversation                          | no_conversation | no_conversation            | no_conversation       | no_conversation
none             | cancel             | no_conversation                          | no_conversation | no_conversation            | no_conversation       | no_conversation
none             | promise 1 min      | no_conversation                          | no_conversation | no_conversation            | no_conversation       | no_conversation
none             | promise 61 min     | no_conversation                          | no_conversation | no_conversation            | no_conversation       | no_conversation
none             | leave inquiry      | no_conversation                          | no_conversation | no_conversation            | no_conversation       | no_conversation
none             | move early         | no_conversation                          | no_conversation | no_conversation            | no_conversation       | no_conversation
none             | tick at 59 s       | no_conversation                          | no_conversation | no_conversation            | no_conversation       | no_conversation
none             | tick at 60 s       | no_conversation                          | no_conversation | no_conversation            | no_conversation       | no_conversation
none             | tick at 180 s      | no_conversation                          | no_conversation | no_conversation            | no_conversation       | no_conversation
none             | tick at 190 s      | no_conversation                          | no_conversation | no_conversation            | no_conversation       | no_conversation
none             | tick at 300 s      | no_conversation                          | no_conversation | no_conversation            | no_conversation       | no_conversation
none             | tick at 310 s      | no_conversation                          | no_conversation | no_conversation            | no_conversation       | no_conversation

# state          | command            | caller                                   | stranger        | Kim                        | Park                  | system
waiting          | call               | -                                        | not_allowed     | not_allowed                | not_allowed           | not_allowed
waiting          | call and say       | said>waiting                             | not_allowed     | not_allowed                | not_allowed           | not_allowed
waiting          | say                | said>waiting                             | not_allowed     | not_joined                 | not_joined            | not_allowed
waiting          | note               | not_allowed                              | not_allowed     | noted>waiting              | noted>waiting         | not_allowed
waiting          | join, caller there | not_allowed                              | not_allowed     | joined>active              | joined>active         | not_allowed
waiting          | join, caller gone  | not_allowed                              | not_allowed     | joined>active              | joined>active         | not_allowed
waiting          | leave              | not_allowed                              | not_allowed     | -                          | -                     | not_allowed
waiting          | close              | not_answered_yet                         | not_allowed     | not_answered_yet           | not_answered_yet      | not_allowed
waiting          | cancel             | cancelled>cancelled                      | not_allowed     | not_allowed                | not_allowed           | not_allowed
waiting          | promise 1 min      | not_allowed                              | not_allowed     | promised>waiting           | promised>waiting      | not_allowed
waiting          | promise 61 min     | not_allowed                              | not_allowed     | promise_out_of_range       | promise_out_of_range  | not_allowed
waiting          | leave inquiry      | moved>moved !inquiry#post:everyone ^post | not_allowed     | not_allowed                | not_allowed           | not_allowed
waiting          | move early         | not_allowed                              | not_allowed     | moved>moved !inquiry#post:everyone:soon ^post | moved>moved !inquiry#post:everyone:soon ^post | not_allowed
waiting          | tick at 59 s       | not_allowed                              | not_allowed     | not_allowed                | not_allowed           | -
waiting          | tick at 60 s       | not_allowed                              | not_allowed     | not_allowed                | not_allowed           | escalated>waiting !escalation:everyone
waiting          | tick at 180 s      | not_allowed                              | not_allowed     | not_allowed                | not_allowed           | escalated+offered>waiting !escalation:everyone
waiting          | tick at 190 s      | not_allowed                              | not_allowed     | not_allowed                | not_allowed           | escalated+offered>waiting !escalation:everyone
waiting          | tick at 300 s      | not_allowed                              | not_allowed     | not_allowed                | not_allowed           | moved>moved !inquiry#post:everyone:soon ^post
waiting          | tick at 310 s      | not_allowed                              | not_allowed     | not_allowed                | not_allowed           | moved>moved !inquiry#post:everyone:soon ^post

# state          | command            | caller                                   | stranger        | Kim                        | Park                  | system
offered          | call               | -                                        | not_allowed     | not_allowed                | not_allowed           | not_allowed
offered          | call and say       | said>waiting                             | not_allowed     | not_allowed                | not_allowed           | not_allowed
offered          | say                | said>waiting                             | not_allowed     | not_joined                 | not_joined            | not_allowed
offered          | note               | not_allowed                              | not_allowed     | noted>waiting              | noted>waiting         | not_allowed
offered          | join, caller there | not_allowed                              | not_allowed     | joined>active              | joined>active         | not_allowed
offered          | join, caller gone  | not_allowed                              | not_allowed     | joined>active              | joined>active         | not_allowed
offered          | leave              | not_allowed                              | not_allowed     | -                          | -                     | not_allowed
offered          | close              | not_answered_yet                         | not_allowed     | not_answered_yet           | not_answered_yet      | not_allowed
offered          | cancel             | cancelled>cancelled                      | not_allowed     | not_allowed                | not_allowed           | not_allowed
offered          | promise 1 min      | not_allowed                              | not_allowed     | promised>waiting           | promised>waiting      | not_allowed
offered          | promise 61 min     | not_allowed                              | not_allowed     | promise_out_of_range       | promise_out_of_range  | not_allowed
offered          | leave inquiry      | moved>moved !inquiry#post:everyone ^post | not_allowed     | not_allowed                | not_allowed           | not_allowed
offered          | move early         | not_allowed                              | not_allowed     | moved>moved !inquiry#post:everyone:soon ^post | moved>moved !inquiry#post:everyone:soon ^post | not_allowed
offered          | tick at 59 s       | not_allowed                              | not_allowed     | not_allowed                | not_allowed           | -
offered          | tick at 60 s       | not_allowed                              | not_allowed     | not_allowed                | not_allowed           | -
offered          | tick at 180 s      | not_allowed                              | not_allowed     | not_allowed                | not_allowed           | -
offered          | tick at 190 s      | not_allowed                              | not_allowed     | not_allowed                | not_allowed           | -
offered          | tick at 300 s      | not_allowed                              | not_allowed     | not_allowed                | not_allowed           | moved>moved !inquiry#post:everyone:soon ^post
offered          | tick at 310 s      | not_allowed                              | not_allowed     | not_allowed                | not_allowed           | moved>moved !inquiry#post:everyone:soon ^post

# state          | command            | caller                                   | stranger        | Kim                        | Park                  | system
promised         | call               | -                                        | not_allowed     | not_allowed                | not_allowed           | not_allowed
promised         | call and say       | said>waiting                             | not_allowed     | not_allowed                | not_allowed           | not_allowed
promised         | say                | said>waiting                             | not_allowed     | not_joined                 | not_joined            | not_allowed
promised         | note               | not_allowed                              | not_allowed     | noted>waiting              | noted>waiting         | not_allowed
promised         | join, caller there | not_allowed                              | not_allowed     | joined>active              | joined>active         | not_allowed
promised         | join, caller gone  | not_allowed                              | not_allowed     | joined>active              | joined>active         | not_allowed
promised         | leave              | not_allowed                              | not_allowed     | -                          | -                     | not_allowed
promised         | close              | not_answered_yet                         | not_allowed     | not_answered_yet           | not_answered_yet      | not_allowed
promised         | cancel             | cancelled>cancelled                      | not_allowed     | not_allowed                | not_allowed           | not_allowed
promised         | promise 1 min      | not_allowed                              | not_allowed     | promised>waiting           | promised>waiting      | not_allowed
promised         | promise 61 min     | not_allowed                              | not_allowed     | promise_out_of_range       | promise_out_of_range  | not_allowed
promised         | leave inquiry      | moved>moved !inquiry#post:everyone ^post | not_allowed     | not_allowed                | not_allowed           | not_allowed
promised         | move early         | not_allowed                              | not_allowed     | moved>moved !inquiry#post:everyone:soon ^post | moved>moved !inquiry#post:everyone:soon ^post | not_allowed
promised         | tick at 59 s       | not_allowed                              | not_allowed     | not_allowed                | not_allowed           | -
promised         | tick at 60 s       | not_allowed                              | not_allowed     | not_allowed                | not_allowed           | -
promised         | tick at 180 s      | not_allowed                              | not_allowed     | not_allowed                | not_allowed           | -
promised         | tick at 190 s      | not_allowed                              | not_allowed     | not_allowed                | not_allowed           | escalated+offered>waiting !escalation:everyone
promised         | tick at 300 s      | not_allowed                              | not_allowed     | not_allowed                | not_allowed           | escalated+offered>waiting !escalation:everyone
promised         | tick at 310 s      | not_allowed                              | not_allowed     | not_allowed                | not_allowed           | moved>moved !inquiry#post:everyone:soon ^post

# state          | command            | caller                                   | stranger        | Kim                        | Park                  | system
one is in        | call               | -                                        | not_allowed     | not_allowed                | not_allowed           | not_allowed
one is in        | call and say       | said>active                              | not_allowed     | not_allowed                | not_allowed           | not_allowed
one is in        | say                | said>active                              | not_allowed     | said>active                | not_joined            | not_allowed
one is in        | note               | not_allowed                              | not_allowed     | noted>active               | noted>active          | not_allowed
one is in        | join, caller there | not_allowed                              | not_allowed     | -                          | joined>active         | not_allowed
one is in        | join, caller gone  | not_allowed                              | not_allowed     | -                          | joined>active         | not_allowed
one is in        | leave              | not_allowed                              | not_allowed     | left>waiting !call:on-duty | -                     | not_allowed
one is in        | close              | closed>closed                            | not_allowed     | closed>closed              | not_joined            | not_allowed
one is in        | cancel             | already_answered                         | not_allowed     | not_allowed                | not_allowed           | not_allowed
one is in        | promise 1 min      | not_allowed                              | not_allowed     | already_answered           | already_answered      | not_allowed
one is in        | promise 61 min     | not_allowed                              | not_allowed     | already_answered           | already_answered      | not_allowed
one is in        | leave inquiry      | already_answered                         | not_allowed     | not_allowed                | not_allowed           | not_allowed
one is in        | move early         | not_allowed                              | not_allowed     | already_answered           | already_answered      | not_allowed
one is in        | tick at 59 s       | not_allowed                              | not_allowed     | not_allowed                | not_allowed           | -
one is in        | tick at 60 s       | not_allowed                              | not_allowed     | not_allowed                | not_allowed           | -
one is in        | tick at 180 s      | not_allowed                              | not_allowed     | not_allowed                | not_allowed           | -
one is in        | tick at 190 s      | not_allowed                              | not_allowed     | not_allowed                | not_allowed           | -
one is in        | tick at 300 s      | not_allowed                              | not_allowed     | not_allowed                | not_allowed           | -
one is in        | tick at 310 s      | not_allowed                              | not_allowed     | not_allowed                | not_allowed           | -

# state          | command            | caller                                   | stranger        | Kim                        | Park                  | system
two are in       | call               | -                                        | not_allowed     | not_allowed                | not_allowed           | not_allowed
two are in       | call and say       | said>active                              | not_allowed     | not_allowed                | not_allowed           | not_allowed
two are in       | say                | said>active                              | not_allowed     | said>active                | not_joined            | not_allowed
two are in       | note               | not_allowed                              | not_allowed     | noted>active               | noted>active          | not_allowed
two are in       | join, caller there | not_allowed                              | not_allowed     | -                          | joined>active         | not_allowed
two are in       | join, caller gone  | not_allowed                              | not_allowed     | -                          | joined>active         | not_allowed
two are in       | leave              | not_allowed                              | not_allowed     | left>active                | -                     | not_allowed
two are in       | close              | closed>closed                            | not_allowed     | closed>closed              | not_joined            | not_allowed
two are in       | cancel             | already_answered                         | not_allowed     | not_allowed                | not_allowed           | not_allowed
two are in       | promise 1 min      | not_allowed                              | not_allowed     | already_answered           | already_answered      | not_allowed
two are in       | promise 61 min     | not_allowed                              | not_allowed     | already_answered           | already_answered      | not_allowed
two are in       | leave inquiry      | already_answered                         | not_allowed     | not_allowed                | not_allowed           | not_allowed
two are in       | move early         | not_allowed                              | not_allowed     | already_answered           | already_answered      | not_allowed
two are in       | tick at 59 s       | not_allowed                              | not_allowed     | not_allowed                | not_allowed           | -
two are in       | tick at 60 s       | not_allowed                              | not_allowed     | not_allowed                | not_allowed           | -
two are in       | tick at 180 s      | not_allowed                              | not_allowed     | not_allowed                | not_allowed           | -
two are in       | tick at 190 s      | not_allowed                              | not_allowed     | not_allowed                | not_allowed           | -
two are in       | tick at 300 s      | not_allowed                              | not_allowed     | not_allowed                | not_allowed           | -
two are in       | tick at 310 s      | not_allowed                              | not_allowed     | not_allowed                | not_allowed           | -

# state          | command            | caller                                   | stranger        | Kim                        | Park                  | system
left again       | call               | -                                        | not_allowed     | not_allowed                | not_allowed           | not_allowed
left again       | call and say       | said>waiting                             | not_allowed     | not_allowed                | not_allowed           | not_allowed
left again       | say                | said>waiting                             | not_allowed     | not_joined                 | not_joined            | not_allowed
left again       | note               | not_allowed                              | not_allowed     | noted>waiting              | noted>waiting         | not_allowed
left again       | join, caller there | not_allowed                              | not_allowed     | joined>active              | joined>active         | not_allowed
left again       | join, caller gone  | not_allowed                              | not_allowed     | joined>active              | joined>active         | not_allowed
left again       | leave              | not_allowed                              | not_allowed     | -                          | -                     | not_allowed
left again       | close              | not_answered_yet                         | not_allowed     | not_answered_yet           | not_answered_yet      | not_allowed
left again       | cancel             | cancelled>cancelled                      | not_allowed     | not_allowed                | not_allowed           | not_allowed
left again       | promise 1 min      | not_allowed                              | not_allowed     | promised>waiting           | promised>waiting      | not_allowed
left again       | promise 61 min     | not_allowed                              | not_allowed     | promise_out_of_range       | promise_out_of_range  | not_allowed
left again       | leave inquiry      | moved>moved !inquiry#post:everyone ^post | not_allowed     | not_allowed                | not_allowed           | not_allowed
left again       | move early         | not_allowed                              | not_allowed     | moved>moved !inquiry#post:everyone:soon ^post | moved>moved !inquiry#post:everyone:soon ^post | not_allowed
left again       | tick at 59 s       | not_allowed                              | not_allowed     | not_allowed                | not_allowed           | -
left again       | tick at 60 s       | not_allowed                              | not_allowed     | not_allowed                | not_allowed           | -
left again       | tick at 180 s      | not_allowed                              | not_allowed     | not_allowed                | not_allowed           | escalated>waiting !escalation:everyone
left again       | tick at 190 s      | not_allowed                              | not_allowed     | not_allowed                | not_allowed           | escalated+offered>waiting !escalation:everyone
left again       | tick at 300 s      | not_allowed                              | not_allowed     | not_allowed                | not_allowed           | escalated+offered>waiting !escalation:everyone
left again       | tick at 310 s      | not_allowed                              | not_allowed     | not_allowed                | not_allowed           | moved>moved !inquiry#post:everyone:soon ^post

# state          | command            | caller                                   | stranger        | Kim                        | Park                  | system
moved            | call               | conversation_moved                       | not_allowed     | not_allowed                | not_allowed           | not_allowed
moved            | call and say       | conversation_moved                       | not_allowed     | not_allowed                | not_allowed           | not_allowed
moved            | say                | conversation_moved                       | not_allowed     | conversation_moved         | conversation_moved    | conversation_moved
moved            | note               | not_allowed                              | not_allowed     | noted>moved                | noted>moved           | not_allowed
moved            | join, caller there | not_allowed                              | not_allowed     | joined>active              | joined>active         | not_allowed
moved            | join, caller gone  | not_allowed                              | not_allowed     | visitor_gone               | visitor_gone          | not_allowed
moved            | leave              | not_allowed                              | not_allowed     | conversation_moved         | conversation_moved    | not_allowed
moved            | close              | conversation_moved                       | not_allowed     | conversation_moved         | conversation_moved    | not_allowed
moved            | cancel             | conversation_moved                       | not_allowed     | not_allowed                | not_allowed           | not_allowed
moved            | promise 1 min      | not_allowed                              | not_allowed     | conversation_moved         | conversation_moved    | not_allowed
moved            | promise 61 min     | not_allowed                              | not_allowed     | conversation_moved         | conversation_moved    | not_allowed
moved            | leave inquiry      | ^complete                                | not_allowed     | not_allowed                | not_allowed           | not_allowed
moved            | move early         | not_allowed                              | not_allowed     | -                          | -                     | not_allowed
moved            | tick at 59 s       | not_allowed                              | not_allowed     | not_allowed                | not_allowed           | -
moved            | tick at 60 s       | not_allowed                              | not_allowed     | not_allowed                | not_allowed           | -
moved            | tick at 180 s      | not_allowed                              | not_allowed     | not_allowed                | not_allowed           | -
moved            | tick at 190 s      | not_allowed                              | not_allowed     | not_allowed                | not_allowed           | -
moved            | tick at 300 s      | not_allowed                              | not_allowed     | not_allowed                | not_allowed           | -
moved            | tick at 310 s      | not_allowed                              | not_allowed     | not_allowed                | not_allowed           | -

# state          | command            | caller                                   | stranger        | Kim                        | Park                  | system
posted           | call               | conversation_moved                       | not_allowed     | not_allowed                | not_allowed           | not_allowed
posted           | call and say       | conversation_moved                       | not_allowed     | not_allowed                | not_allowed           | not_allowed
posted           | say                | conversation_moved                       | not_allowed     | conversation_moved         | conversation_moved    | conversation_moved
posted           | note               | not_allowed                              | not_allowed     | noted>moved                | noted>moved           | not_allowed
posted           | join, caller there | not_allowed                              | not_allowed     | joined>active              | joined>active         | not_allowed
posted           | join, caller gone  | not_allowed                              | not_allowed     | visitor_gone               | visitor_gone          | not_allowed
posted           | leave              | not_allowed                              | not_allowed     | conversation_moved         | conversation_moved    | not_allowed
posted           | close              | conversation_moved                       | not_allowed     | conversation_moved         | conversation_moved    | not_allowed
posted           | cancel             | conversation_moved                       | not_allowed     | not_allowed                | not_allowed           | not_allowed
posted           | promise 1 min      | not_allowed                              | not_allowed     | conversation_moved         | conversation_moved    | not_allowed
posted           | promise 61 min     | not_allowed                              | not_allowed     | conversation_moved         | conversation_moved    | not_allowed
posted           | leave inquiry      | ^complete                                | not_allowed     | not_allowed                | not_allowed           | not_allowed
posted           | move early         | not_allowed                              | not_allowed     | -                          | -                     | not_allowed
posted           | tick at 59 s       | not_allowed                              | not_allowed     | not_allowed                | not_allowed           | -
posted           | tick at 60 s       | not_allowed                              | not_allowed     | not_allowed                | not_allowed           | -
posted           | tick at 180 s      | not_allowed                              | not_allowed     | not_allowed                | not_allowed           | -
posted           | tick at 190 s      | not_allowed                              | not_allowed     | not_allowed                | not_allowed           | -
posted           | tick at 300 s      | not_allowed                              | not_allowed     | not_allowed                | not_allowed           | -
posted           | tick at 310 s      | not_allowed                              | not_allowed     | not_allowed                | not_allowed           | -

# state          | command            | caller                                   | stranger        | Kim                        | Park                  | system
rejoined         | call               | -                                        | not_allowed     | not_allowed                | not_allowed           | not_allowed
rejoined         | call and say       | said>active                              | not_allowed     | not_allowed                | not_allowed           | not_allowed
rejoined         | say                | said>active                              | not_allowed     | said>active                | not_joined            | not_allowed
rejoined         | note               | not_allowed                              | not_allowed     | noted>active               | noted>active          | not_allowed
rejoined         | join, caller there | not_allowed                              | not_allowed     | -                          | joined>active         | not_allowed
rejoined         | join, caller gone  | not_allowed                              | not_allowed     | -                          | joined>active         | not_allowed
rejoined         | leave              | not_allowed                              | not_allowed     | left>waiting !call:on-duty | -                     | not_allowed
rejoined         | close              | closed>closed                            | not_allowed     | closed>closed              | not_joined            | not_allowed
rejoined         | cancel             | already_answered                         | not_allowed     | not_allowed                | not_allowed           | not_allowed
rejoined         | promise 1 min      | not_allowed                              | not_allowed     | already_answered           | already_answered      | not_allowed
rejoined         | promise 61 min     | not_allowed                              | not_allowed     | already_answered           | already_answered      | not_allowed
rejoined         | leave inquiry      | already_answered                         | not_allowed     | not_allowed                | not_allowed           | not_allowed
rejoined         | move early         | not_allowed                              | not_allowed     | already_answered           | already_answered      | not_allowed
rejoined         | tick at 59 s       | not_allowed                              | not_allowed     | not_allowed                | not_allowed           | -
rejoined         | tick at 60 s       | not_allowed                              | not_allowed     | not_allowed                | not_allowed           | -
rejoined         | tick at 180 s      | not_allowed                              | not_allowed     | not_allowed                | not_allowed           | -
rejoined         | tick at 190 s      | not_allowed                              | not_allowed     | not_allowed                | not_allowed           | -
rejoined         | tick at 300 s      | not_allowed                              | not_allowed     | not_allowed                | not_allowed           | -
rejoined         | tick at 310 s      | not_allowed                              | not_allowed     | not_allowed                | not_allowed           | -

# state          | command            | caller                                   | stranger        | Kim                        | Park                  | system
closed by caller | call               | conversation_closed                      | not_allowed     | not_allowed                | not_allowed           | not_allowed
closed by caller | call and say       | conversation_closed                      | not_allowed     | not_allowed                | not_allowed           | not_allowed
closed by caller | say                | conversation_closed                      | not_allowed     | conversation_closed        | conversation_closed   | conversation_closed
closed by caller | note               | not_allowed                              | not_allowed     | conversation_closed        | conversation_closed   | not_allowed
closed by caller | join, caller there | not_allowed                              | not_allowed     | conversation_closed        | conversation_closed   | not_allowed
closed by caller | join, caller gone  | not_allowed                              | not_allowed     | conversation_closed        | conversation_closed   | not_allowed
closed by caller | leave              | not_allowed                              | not_allowed     | conversation_closed        | conversation_closed   | not_allowed
closed by caller | close              | -                                        | not_allowed     | conversation_closed        | conversation_closed   | not_allowed
closed by caller | cancel             | conversation_closed                      | not_allowed     | not_allowed                | not_allowed           | not_allowed
closed by caller | promise 1 min      | not_allowed                              | not_allowed     | conversation_closed        | conversation_closed   | not_allowed
closed by caller | promise 61 min     | not_allowed                              | not_allowed     | conversation_closed        | conversation_closed   | not_allowed
closed by caller | leave inquiry      | conversation_closed                      | not_allowed     | not_allowed                | not_allowed           | not_allowed
closed by caller | move early         | not_allowed                              | not_allowed     | conversation_closed        | conversation_closed   | not_allowed
closed by caller | tick at 59 s       | not_allowed                              | not_allowed     | not_allowed                | not_allowed           | -
closed by caller | tick at 60 s       | not_allowed                              | not_allowed     | not_allowed                | not_allowed           | -
closed by caller | tick at 180 s      | not_allowed                              | not_allowed     | not_allowed                | not_allowed           | -
closed by caller | tick at 190 s      | not_allowed                              | not_allowed     | not_allowed                | not_allowed           | -
closed by caller | tick at 300 s      | not_allowed                              | not_allowed     | not_allowed                | not_allowed           | -
closed by caller | tick at 310 s      | not_allowed                              | not_allowed     | not_allowed                | not_allowed           | -

# state          | command            | caller                                   | stranger        | Kim                        | Park                  | system
closed by Kim    | call               | conversation_closed                      | not_allowed     | not_allowed                | not_allowed           | not_allowed
closed by Kim    | call and say       | conversation_closed                      | not_allowed     | not_allowed                | not_allowed           | not_allowed
closed by Kim    | say                | conversation_closed                      | not_allowed     | conversation_closed        | conversation_closed   | conversation_closed
closed by Kim    | note               | not_allowed                              | not_allowed     | conversation_closed        | conversation_closed   | not_allowed
closed by Kim    | join, caller there | not_allowed                              | not_allowed     | conversation_closed        | conversation_closed   | not_allowed
closed by Kim    | join, caller gone  | not_allowed                              | not_allowed     | conversation_closed        | conversation_closed   | not_allowed
closed by Kim    | leave              | not_allowed                              | not_allowed     | conversation_closed        | conversation_closed   | not_allowed
closed by Kim    | close              | conversation_closed                      | not_allowed     | -                          | conversation_closed   | not_allowed
closed by Kim    | cancel             | conversation_closed                      | not_allowed     | not_allowed                | not_allowed           | not_allowed
closed by Kim    | promise 1 min      | not_allowed                              | not_allowed     | conversation_closed        | conversation_closed   | not_allowed
closed by Kim    | promise 61 min     | not_allowed                              | not_allowed     | conversation_closed        | conversation_closed   | not_allowed
closed by Kim    | leave inquiry      | conversation_closed                      | not_allowed     | not_allowed                | not_allowed           | not_allowed
closed by Kim    | move early         | not_allowed                              | not_allowed     | conversation_closed        | conversation_closed   | not_allowed
closed by Kim    | tick at 59 s       | not_allowed                              | not_allowed     | not_allowed                | not_allowed           | -
closed by Kim    | tick at 60 s       | not_allowed                              | not_allowed     | not_allowed                | not_allowed           | -
closed by Kim    | tick at 180 s      | not_allowed                              | not_allowed     | not_allowed                | not_allowed           | -
closed by Kim    | tick at 190 s      | not_allowed                              | not_allowed     | not_allowed                | not_allowed           | -
closed by Kim    | tick at 300 s      | not_allowed                              | not_allowed     | not_allowed                | not_allowed           | -
closed by Kim    | tick at 310 s      | not_allowed                              | not_allowed     | not_allowed                | not_allowed           | -

# state          | command            | caller                                   | stranger        | Kim                        | Park                  | system
cancelled        | call               | conversation_cancelled                   | not_allowed     | not_allowed                | not_allowed           | not_allowed
cancelled        | call and say       | conversation_cancelled                   | not_allowed     | not_allowed                | not_allowed           | not_allowed
cancelled        | say                | conversation_cancelled                   | not_allowed     | conversation_cancelled     | conversation_cancelled | conversation_cancelled
cancelled        | note               | not_allowed                              | not_allowed     | conversation_cancelled     | conversation_cancelled | not_allowed
cancelled        | join, caller there | not_allowed                              | not_allowed     | conversation_cancelled     | conversation_cancelled | not_allowed
cancelled        | join, caller gone  | not_allowed                              | not_allowed     | conversation_cancelled     | conversation_cancelled | not_allowed
cancelled        | leave              | not_allowed                              | not_allowed     | conversation_cancelled     | conversation_cancelled | not_allowed
cancelled        | close              | conversation_cancelled                   | not_allowed     | conversation_cancelled     | conversation_cancelled | not_allowed
cancelled        | cancel             | -                                        | not_allowed     | not_allowed                | not_allowed           | not_allowed
cancelled        | promise 1 min      | not_allowed                              | not_allowed     | conversation_cancelled     | conversation_cancelled | not_allowed
cancelled        | promise 61 min     | not_allowed                              | not_allowed     | conversation_cancelled     | conversation_cancelled | not_allowed
cancelled        | leave inquiry      | conversation_cancelled                   | not_allowed     | not_allowed                | not_allowed           | not_allowed
cancelled        | move early         | not_allowed                              | not_allowed     | conversation_cancelled     | conversation_cancelled | not_allowed
cancelled        | tick at 59 s       | not_allowed                              | not_allowed     | not_allowed                | not_allowed           | -
cancelled        | tick at 60 s       | not_allowed                              | not_allowed     | not_allowed                | not_allowed           | -
cancelled        | tick at 180 s      | not_allowed                              | not_allowed     | not_allowed                | not_allowed           | -
cancelled        | tick at 190 s      | not_allowed                              | not_allowed     | not_allowed                | not_allowed           | -
cancelled        | tick at 300 s      | not_allowed                              | not_allowed     | not_allowed                | not_allowed           | -
cancelled        | tick at 310 s      | not_allowed                              | not_allowed     | not_allowed                | not_allowed           | -
";
