"""Lives of the nine kinds of people and papers, typed word for word: between them they pass through every action.

`NAME: WORDS` is a command, `$` the first number of the life, `@ TIME` puts the clock forward, `cron` is what it says.
`!NAME: WORDS` is somebody who may not, though they hold the post; the next line is the one who may, in the same words.
"""

from __future__ import annotations

PEOPLE = {
    "li.na": ("manager",),
    "chen.lei": ("leader",),
    "zhao.min": ("service_officer",),
    "lin.yue": ("activity_planner",),
    "qian.fen": ("finance_clerk",),
    "wang.qiang": ("facility_keeper",),
    "ma.jun": ("security_guard",),
    "gone.da": ("facility_keeper",),
    # A small office: many posts in one hand, and one who was a clerk in March and is a leader since.
    "bo.wen": ("manager", "leader", "activity_planner", "finance_clerk", "service_officer", "facility_keeper"),
    "ding.yi": (),
}
STRANGER, GONE = "ma.jun", "gone.da"
BEGIN = "2026-04-07 09:00"
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGgx83YJ2z5MHWXI69b459u4dgbOZAtnZ5tVF4ndqVG9"

NEW = {
    "training": "li.na: training new --subject 礼仪 --basis 10.3 --planned 2026-04-08 --hours 2 --trainer 王老师",
    "conduct": "zhao.min: conduct new --person {} --type praise --basis 11.1 --facts 拾金不昧",
    "plan": "li.na: plan new --type rule --name 值班制度 --starts 2026-04-01",
    "activity": "lin.yue: activity new --name 邻里节 --held-on 2026-04-10 --place GATE --budget 100",
    "meeting": "zhao.min: meeting new --body committee --name 例会 --held-on 2026-04-07"
    " --agenda item=1,topic=路灯,majority=ordinary",
    "letter": "zhao.min: correspondence new --direction in --party committee --subject 路灯 --handler zhao.min",
    "task": "li.na: task new --what 整理档案 --owner zhao.min --deadline 2026-04-20T17:00",
}
CONDUCT = """
{new}
{person}: conduct hear $ --statement 知悉
zhao.min: conduct submit $
"""
SHEET = """
li.na: assessment new --period 2026-03 --person {0}
"""
MARK = "--marks item={},points=80,reason=日常"
MARKS = " ".join(MARK.format(item) for item in ("diligence", "craft", "manner", "conduct", "cooperation"))

LIVES = {
    "training to its file": f"""
{NEW["training"]} --attendance person=zhao.min
li.na: training invite $ --person lin.yue
li.na: training hold $
li.na: training mark $ --person zhao.min --attended came --score 90
li.na: training mark $ --person lin.yue --attended absent
li.na: training close $
""",
    "training cancelled": f"""
{NEW["training"]}
li.na: training cancel $ --note 讲师有事
""",
    "conduct that stands": CONDUCT.format(new=NEW["conduct"].format("wang.qiang"), person="wang.qiang")
    + """
zhao.min: conduct withdraw $ --note 补材料
zhao.min: conduct submit $
chen.lei: conduct refuse $ --note 事实不清
zhao.min: conduct submit $
chen.lei: conduct approve $ --note 同意
li.na: conduct announce $
@ 2026-04-20 09:00
cron
""",
    "conduct appealed against": CONDUCT.format(new=NEW["conduct"].format("wang.qiang"), person="wang.qiang")
    + """
chen.lei: conduct approve $ --note 同意
li.na: conduct announce $
wang.qiang: conduct appeal $ --appeal 不实
chen.lei: conduct decide $ --outcome upheld --note 查证
""",
    "conduct dropped and struck out": f"""
{NEW["conduct"].format("wang.qiang")}
zhao.min: conduct drop $ --note 不再提出
li.na: conduct correct $ --facts 误报 --note 更正
li.na: conduct void $ --note 误登
""",
    "a sheet that is appealed against": SHEET.format("wang.qiang")
    + f"""
li.na: assessment recompute $
wang.qiang: assessment self $ --item craft --self 90
li.na: assessment mark $ {MARKS}
li.na: assessment score $
li.na: assessment deliver $
wang.qiang: assessment acknowledge $
wang.qiang: assessment appeal $ --appeal 不公
chen.lei: assessment decide $ --outcome dismissed --note 核对
chen.lei: assessment propose $ --conduct --type praise --basis 11.1 --note 出色
""",
    "a sheet that is confirmed": SHEET.format("lin.yue")
    + f"""
li.na: assessment mark $ {MARKS}
li.na: assessment score $
li.na: assessment deliver $
@ 2026-04-16 09:00
chen.lei: assessment confirm $
""",
    "a manager's sheet": SHEET.format("bo.wen")
    + f"""
!li.na: assessment mark $ {MARKS}
!bo.wen: assessment mark $ {MARKS}
chen.lei: assessment mark $ {MARKS}
!li.na: assessment score $
!bo.wen: assessment score $
chen.lei: assessment score $
""",
    "plan": f"""
{NEW["plan"]} --ends 2026-04-30
li.na: plan measure $ --item 1 --measure 巡楼 --owner wang.qiang
li.na: plan submit $
chen.lei: plan refuse $ --note 太简
li.na: plan submit $
li.na: plan withdraw $ --note 再改
li.na: plan submit $
chen.lei: plan approve $ --note 同意
li.na: plan enact $
wang.qiang: plan progress $ --item 1 --progress done
li.na: plan review $ --review 完成
""",
    "plan with a task, dropped": f"""
{NEW["plan"]}
li.na: plan measure $ --item 1 --measure 巡楼 --owner wang.qiang
li.na: plan submit $
chen.lei: plan approve $ --note 同意
li.na: plan enact $
li.na: plan task $ --item 1 --task --deadline 2026-04-20T17:00
li.na: plan drop $ --note 不做了
""",
    "activity": f"""
{NEW["activity"]}
lin.yue: activity submit $
lin.yue: activity withdraw $ --note 改预算
lin.yue: activity submit $
chen.lei: activity refuse $ --note 太贵
lin.yue: activity submit $
chen.lei: activity approve $ --note 同意
lin.yue: activity announce $
lin.yue: activity postpone $ --held-on 2026-04-09 --note 天气
lin.yue: activity hold $ --attendance 30
qian.fen: activity spend $ --item 布置 --voucher V1 --amount 50
lin.yue: activity sum_up $ --summary 圆满
""",
    "activity cancelled": f"""
{NEW["activity"]}
lin.yue: activity submit $
chen.lei: activity approve $ --note 同意
lin.yue: activity involve $ --task --owner zhao.min --deadline 2026-04-20T17:00
lin.yue: activity cancel $ --note 下雨
""",
    "meeting": f"""
{NEW["meeting"]}
zhao.min: meeting item $ --item 2 --topic 通报 --majority none
zhao.min: meeting count $ --owners 9 --present 6
li.na: meeting recount $ --owners 9 --present 7 --note 多一人
zhao.min: meeting vote $ --item 1 --agreed 6 --against 1 --abstained 0
zhao.min: meeting close $ --minutes PAPER
li.na: meeting task $ --item 1 --task --owner zhao.min --deadline 2026-04-20T17:00
li.na: meeting publish $ --published 2026-04-07
""",
    "meeting cancelled": f"""
{NEW["meeting"]}
li.na: meeting cancel $ --note 改期
""",
    "letter answered": f"""
{NEW["letter"]}
li.na: correspondence assign $ --handler qian.fen
qian.fen: correspondence answer $ --reply 已安排
""",
    "letter filed": f"""
{NEW["letter"]}
li.na: correspondence file $ --note 无须答复
""",
    "letter followed up": f"""
{NEW["letter"]}
li.na: correspondence follow_up $ --task --owner zhao.min --deadline 2026-04-20T17:00
""",
    "task": f"""
{NEW["task"]}
zhao.min: task return $ --note 不归我
li.na: task handover $ --owner wang.qiang --note 转办
wang.qiang: task accept $
wang.qiang: task extend $ --wanted 2026-04-25T17:00 --note 缺件
li.na: task refuse $ --note 不行
wang.qiang: task extend $ --wanted 2026-04-25T17:00 --note 缺件
wang.qiang: task withdraw $ --note 能行
wang.qiang: task extend $ --wanted 2026-04-25T17:00 --note 缺件
li.na: task approve $ --note 同意
wang.qiang: task finish $ --note 完成
li.na: task redo $ --note 不全
wang.qiang: task finish $ --note 完成
li.na: task confirm $
""",
    "task dropped": f"""
{NEW["task"]}
li.na: task drop $ --note 不用了
""",
    "somebody on the staff": f"""
li.na: staff add --code fang.yu --name 方宇 --email fang.yu@example.com
li.na: staff appoint $ --post order_keeper --since 2026-04-01
li.na: staff license $ --licence 电工证 --number D1 --expires 2026-12-31
li.na: staff renew $ --licence 电工证 --number D1 --expires 2027-12-31
li.na: staff enrol $ --key '{KEY}'
li.na: staff unenrol $ --key '{KEY}' --until 2026-12-31
li.na: staff undertake $ --undertaking 2026-04-07
li.na: staff relieve $ --post order_keeper --since 2026-04-01 --until 2026-12-31
li.na: staff leave $ --successor zhao.min
""",
}

APART = {
    ("conduct", "new", "person"): f"""
!wang.qiang:{NEW["conduct"].format("wang.qiang").partition(":")[2]}
{NEW["conduct"].format("wang.qiang")}
""",
    # What every kind has by itself: nobody rewrites or strikes out what is held against them.
    ("conduct", "edit", "person"): f"""
{NEW["conduct"].format("wang.qiang")}
!wang.qiang: conduct edit $ --facts 无事
zhao.min: conduct edit $ --facts 拾得手机
""",
    ("conduct", "correct", "person"): CONDUCT.format(new=NEW["conduct"].format("bo.wen"), person="bo.wen")
    + """
chen.lei: conduct approve $ --note 同意
!bo.wen: conduct correct $ --type reward --note 更正
!bo.wen: conduct correct $ --person wang.qiang --note 更正
li.na: conduct correct $ --person wang.qiang --note 更正
""",
    ("conduct", "void", "person"): f"""
{NEW["conduct"].format("bo.wen")}
!bo.wen: conduct void $ --note 误登
li.na: conduct void $ --note 误登
""",
    ("conduct", "approve", "new"): CONDUCT.format(new=NEW["conduct"].format("wang.qiang"), person="wang.qiang").replace(
        "zhao.min:", "bo.wen:"
    )
    + """
!bo.wen: conduct approve $ --note 同意
chen.lei: conduct approve $ --note 同意
""",
    ("conduct", "approve", "person"): CONDUCT.format(new=NEW["conduct"].format("ding.yi"), person="ding.yi")
    + """
!ding.yi: conduct approve $ --note 同意
chen.lei: conduct approve $ --note 同意
""",
    ("conduct", "decide", "new"): CONDUCT.format(new=NEW["conduct"].format("wang.qiang"), person="wang.qiang").replace(
        "zhao.min:", "bo.wen:"
    )
    + """
chen.lei: conduct approve $ --note 同意
li.na: conduct announce $
wang.qiang: conduct appeal $ --appeal 不实
!bo.wen: conduct decide $ --outcome dismissed --note 查证
ding.yi: conduct decide $ --outcome dismissed --note 查证
""",
    ("conduct", "decide", "person"): CONDUCT.format(new=NEW["conduct"].format("ding.yi"), person="ding.yi")
    + """
chen.lei: conduct approve $ --note 同意
li.na: conduct announce $
ding.yi: conduct appeal $ --appeal 不实
!ding.yi: conduct decide $ --outcome upheld --note 查证
chen.lei: conduct decide $ --outcome upheld --note 查证
""",
    ("assessment", "mark", "person"): SHEET.format("ding.yi")
    + f"""
!ding.yi: assessment mark $ {MARKS}
li.na: assessment mark $ {MARKS}
""",
    ("assessment", "score", "person"): SHEET.format("ding.yi")
    + f"""
li.na: assessment mark $ {MARKS}
!ding.yi: assessment score $
li.na: assessment score $
""",
    ("assessment", "decide", "person"): SHEET.format("ding.yi")
    + f"""
li.na: assessment mark $ {MARKS}
li.na: assessment score $
li.na: assessment deliver $
ding.yi: assessment appeal $ --appeal 不公
!ding.yi: assessment decide $ --outcome upheld --note 有理
chen.lei: assessment decide $ --outcome upheld --note 有理
""",
    ("assessment", "confirm", "person"): SHEET.format("ding.yi")
    + f"""
li.na: assessment mark $ {MARKS}
li.na: assessment score $
li.na: assessment deliver $
@ 2026-04-16 09:00
!ding.yi: assessment confirm $
chen.lei: assessment confirm $
""",
    ("assessment", "recompute", "person"): SHEET.format("bo.wen")
    + """
!bo.wen: assessment recompute $
li.na: assessment recompute $
""",
    ("assessment", "void", "person"): SHEET.format("bo.wen")
    + """
!bo.wen: assessment void $ --note 误开
li.na: assessment void $ --note 误开
""",
    ("plan", "approve", "new"): f"""
bo.wen:{NEW["plan"].partition(":")[2]}
li.na: plan submit $
!bo.wen: plan approve $ --note 同意
chen.lei: plan approve $ --note 同意
""",
    ("plan", "approve", "measure"): f"""
{NEW["plan"]}
bo.wen: plan measure $ --item 1 --measure 巡楼
li.na: plan submit $
!bo.wen: plan approve $ --note 同意
chen.lei: plan approve $ --note 同意
""",
    ("activity", "approve", "new"): f"""
bo.wen:{NEW["activity"].partition(":")[2]}
lin.yue: activity submit $
!bo.wen: activity approve $ --note 同意
li.na: activity approve $ --note 同意
""",
    ("activity", "approve", "spend"): f"""
{NEW["activity"]}
lin.yue: activity submit $
bo.wen: activity approve $ --note 同意
!bo.wen: activity spend $ --item 布置 --voucher V1 --amount 50
qian.fen: activity spend $ --item 布置 --voucher V1 --amount 50
""",
    ("task", "confirm", "finish"): f"""
{NEW["task"].replace("--owner zhao.min", "--owner li.na")}
li.na: task accept $
li.na: task finish $ --note 完成
!li.na: task confirm $
bo.wen: task confirm $
""",
}
# Whoever proposed it is its proposer, too.
APART |= {("conduct", do, "proposer"): APART["conduct", do, "new"] for do in ("approve", "decide")}

SUBMITTER = {
    ("conduct", "submit"): CONDUCT.format(new=NEW["conduct"].format("wang.qiang"), person="wang.qiang").replace(
        "zhao.min:", "bo.wen:"
    )
    + """
!bo.wen: conduct refuse $ --note 不妥
chen.lei: conduct refuse $ --note 不妥
""",
    ("plan", "submit"): f"""
{NEW["plan"]}
bo.wen: plan submit $
!bo.wen: plan approve $ --note 同意
chen.lei: plan approve $ --note 同意
""",
    ("activity", "submit"): f"""
{NEW["activity"]}
bo.wen: activity submit $
!bo.wen: activity approve $ --note 同意
li.na: activity approve $ --note 同意
""",
    ("task", "extend"): f"""
{NEW["task"].replace("--owner zhao.min", "--owner bo.wen")}
bo.wen: task accept $
bo.wen: task extend $ --wanted 2026-04-25T17:00 --note 缺件
!bo.wen: task approve $ --note 同意
li.na: task approve $ --note 同意
""",
}
