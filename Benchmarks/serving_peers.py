"""The peers of serving.py: the same jobs in FastAPI, tuned by hand, and in the shape that tutorials show.

    uvicorn serving_peers:tuned      async handlers, raw sqlite3 on the loop, answers as text, synchronous=NORMAL
    uvicorn serving_peers:tutorial   sync handlers in threads, SQLAlchemy, answers by pydantic models

Both check a JWT and look the user up, as the server that they are compared with does. JOBS_DB names the database, JWT_SECRET the key.
"""

import datetime
import json
import os
import sqlite3
import uuid

import jwt
from fastapi import Depends, FastAPI, Header, HTTPException, Response
from pydantic import BaseModel
from sqlalchemy import Column, Integer, String, create_engine
from sqlalchemy.orm import Session, declarative_base, sessionmaker

DATABASE = os.environ.get("JOBS_DB", "jobs.db")
SECRET = os.environ.get("JWT_SECRET", "no secret, but long enough for SHA-256")


def create(path, jobs):
    """The table of both: rows as (id, user, title, description, tags, state, file_name, size, steps, created_at, updated_at)."""
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.executescript("""
            CREATE TABLE users (id TEXT PRIMARY KEY, email TEXT, state TEXT);
            CREATE TABLE jobs (
                id TEXT PRIMARY KEY, user TEXT NOT NULL, title TEXT, description TEXT, tags TEXT, state TEXT, file_name TEXT,
                size INTEGER, steps TEXT, created_at TEXT, updated_at TEXT);
            CREATE INDEX jobs_of_user ON jobs (user, created_at DESC);
            INSERT INTO users VALUES ('u1', 'bench@example.com', 'active');
            """)
        database.executemany("INSERT INTO jobs VALUES (?,?,?,?,?,?,?,?,?,?,?)", jobs)


# Tuned

tuned = FastAPI(openapi_url=None)
COLUMNS = ("id", "user_id", "title", "description", "tags", "status", "file_name", "original_file_size_bytes", "processing_steps",
           "created_at", "updated_at")


def connect():
    base = sqlite3.connect(DATABASE, isolation_level=None, cached_statements=100, check_same_thread=False)
    base.execute("PRAGMA journal_mode = WAL")
    base.execute("PRAGMA synchronous = NORMAL")
    base.execute("PRAGMA mmap_size = 268435456")
    return base


base = connect() if os.path.exists(DATABASE) else None


async def user_of(authorization):
    try:
        claims = jwt.decode(authorization.removeprefix("Bearer "), SECRET, algorithms=["HS256"])
    except jwt.InvalidTokenError:
        raise HTTPException(401)
    user = base.execute("SELECT id, state FROM users WHERE id = ?", (claims["sub"],)).fetchone()
    if user is None or user[1] != "active":
        raise HTTPException(401)
    return user[0]


def text(row):
    job = dict(zip(COLUMNS, row))
    job["tags"], job["processing_steps"] = json.loads(job["tags"]), json.loads(job["processing_steps"])
    return job


@tuned.get("/health")
async def health():
    return Response('{"status":"healthy","ok":true}', media_type="application/json")


@tuned.get("/users/me")
async def me(authorization: str = Header()):
    user = await user_of(authorization)
    row = base.execute("SELECT id, email, state FROM users WHERE id = ?", (user,)).fetchone()
    return Response(json.dumps(dict(zip(("id", "email", "state"), row))), media_type="application/json")


@tuned.get("/jobs/{id}")
async def show(id: str, authorization: str = Header()):
    user = await user_of(authorization)
    row = base.execute("SELECT * FROM jobs WHERE id = ?", (id,)).fetchone()
    if row is None or row[1] != user:
        raise HTTPException(404)
    return Response(json.dumps(text(row)), media_type="application/json")


@tuned.get("/jobs")
async def listed(limit: int = 50, skip: int = 0, authorization: str = Header()):
    user = await user_of(authorization)
    rows = base.execute(
        "SELECT * FROM jobs WHERE user = ? ORDER BY created_at DESC LIMIT ? OFFSET ?", (user, limit, skip)).fetchall()
    return Response(json.dumps([text(row) for row in rows]), media_type="application/json")


def now():
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")


class NewJob(BaseModel):
    file_name: str
    processing_steps: list = []


@tuned.post("/jobs", status_code=201)
async def make(body: NewJob, authorization: str = Header()):
    user = await user_of(authorization)
    made = now()
    row = (str(uuid.uuid4()), user, body.file_name, None, "[]", "PENDING", body.file_name, None,
           json.dumps(body.processing_steps), made, made)
    base.execute("INSERT INTO jobs VALUES (?,?,?,?,?,?,?,?,?,?,?)", row)
    return Response(json.dumps(text(row)), 201, media_type="application/json")


# Tutorial

tutorial = FastAPI()
engine = create_engine(f"sqlite:///{DATABASE}", connect_args={"check_same_thread": False})
SessionLocal = sessionmaker(bind=engine)
Base = declarative_base()


class UserRow(Base):
    __tablename__ = "users"
    id = Column(String, primary_key=True)
    email = Column(String)
    state = Column(String)


class JobRow(Base):
    __tablename__ = "jobs"
    id = Column(String, primary_key=True)
    user = Column(String)
    title = Column(String)
    description = Column(String)
    tags = Column(String)
    state = Column(String)
    file_name = Column(String)
    size = Column(Integer)
    steps = Column(String)
    created_at = Column(String)
    updated_at = Column(String)


class JobOut(BaseModel):
    id: str
    user_id: str
    title: str | None
    description: str | None
    tags: list[str]
    status: str
    file_name: str | None
    original_file_size_bytes: int | None
    processing_steps: list
    created_at: str
    updated_at: str


def session():
    with SessionLocal() as database:
        yield database


def current_user(authorization: str = Header(), database: Session = Depends(session)):
    try:
        claims = jwt.decode(authorization.removeprefix("Bearer "), SECRET, algorithms=["HS256"])
    except jwt.InvalidTokenError:
        raise HTTPException(401)
    user = database.get(UserRow, claims["sub"])
    if user is None or user.state != "active":
        raise HTTPException(401)
    return user


def out(row):
    return JobOut(
        id=row.id, user_id=row.user, title=row.title, description=row.description, tags=json.loads(row.tags), status=row.state,
        file_name=row.file_name, original_file_size_bytes=row.size, processing_steps=json.loads(row.steps),
        created_at=row.created_at, updated_at=row.updated_at)


@tutorial.get("/health")
def tutorial_health():
    return {"status": "healthy", "ok": True}


@tutorial.get("/users/me")
def tutorial_me(user: UserRow = Depends(current_user)):
    return {"id": user.id, "email": user.email, "state": user.state}


@tutorial.get("/jobs/{id}", response_model=JobOut)
def tutorial_show(id: str, user: UserRow = Depends(current_user), database: Session = Depends(session)):
    row = database.get(JobRow, id)
    if row is None or row.user != user.id:
        raise HTTPException(404)
    return out(row)


@tutorial.get("/jobs", response_model=list[JobOut])
def tutorial_listed(
    limit: int = 50, skip: int = 0, user: UserRow = Depends(current_user), database: Session = Depends(session)
):
    rows = database.query(JobRow).filter(JobRow.user == user.id).order_by(JobRow.created_at.desc()).limit(limit).offset(skip)
    return [out(row) for row in rows]


@tutorial.post("/jobs", response_model=JobOut, status_code=201)
def tutorial_make(body: NewJob, user: UserRow = Depends(current_user), database: Session = Depends(session)):
    made = now()
    row = JobRow(
        id=str(uuid.uuid4()), user=user.id, title=body.file_name, tags="[]", state="PENDING", file_name=body.file_name,
        steps=json.dumps(body.processing_steps), created_at=made, updated_at=made)
    database.add(row)
    database.commit()
    return out(row)
