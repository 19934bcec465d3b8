-- SPDX-License-Identifier: GPL-3.0-or-later
-- A library of version 1, as the program of that time wrote it: data/samples/heating.md and
-- water-letter.txt indexed from /home/ada/papers, three questions asked. Written out table by table
-- (the tables behind full text are built anew), with the second question moved into the first
-- conversation, where nothing but a test of that time could put one.
CREATE TABLE library( id INTEGER PRIMARY KEY CHECK(id = 1), token TEXT NOT NULL DEFAULT (lower(hex(randomblob(16)))), made_at INTEGER NOT NULL, erase_pending INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE TABLE collections(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE roots( id INTEGER PRIMARY KEY AUTOINCREMENT, path BLOB NOT NULL UNIQUE, collection INTEGER NOT NULL REFERENCES collections(id), is_file INTEGER NOT NULL, offline INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE TABLE exclusions(path BLOB PRIMARY KEY) STRICT, WITHOUT ROWID;
CREATE TABLE contents( id INTEGER PRIMARY KEY AUTOINCREMENT, hash TEXT NOT NULL, reader_version INTEGER NOT NULL, title TEXT NOT NULL, format TEXT NOT NULL, size INTEGER NOT NULL, n_pages INTEGER NOT NULL, note TEXT NOT NULL, UNIQUE(hash, reader_version)) STRICT;
CREATE TABLE locations( id INTEGER PRIMARY KEY AUTOINCREMENT, root INTEGER NOT NULL REFERENCES roots(id), path BLOB NOT NULL UNIQUE, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, state TEXT NOT NULL  CHECK(state IN ('waiting', 'reading', 'ready', 'failed', 'skipped')), reason TEXT NOT NULL DEFAULT '', content INTEGER REFERENCES contents(id)  CHECK(content IS NULL OR state IN ('waiting', 'reading', 'ready')), seen_at INTEGER NOT NULL) STRICT;
CREATE TABLE passages( id INTEGER PRIMARY KEY AUTOINCREMENT, content INTEGER NOT NULL REFERENCES contents(id), ord INTEGER NOT NULL, text TEXT NOT NULL, heading TEXT NOT NULL, pos_kind TEXT NOT NULL  CHECK(pos_kind IN ('none', 'page', 'line', 'slide', 'sheet', 'chapter')), pos_from INTEGER NOT NULL, pos_to INTEGER NOT NULL, char_from INTEGER NOT NULL, char_to INTEGER NOT NULL, n_tokens INTEGER NOT NULL, UNIQUE(content, ord)) STRICT;
CREATE VIEW passage_text(id, text, heading, title) AS SELECT p.id, p.text, p.heading, c.title FROM passages p JOIN contents c ON c.id = p.content;
CREATE VIRTUAL TABLE fulltext USING fts5( text, heading, title, content = 'passage_text', content_rowid = 'id', tokenize = 'porter unicode61 remove_diacritics 2');
CREATE TABLE embedders( id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, hash TEXT NOT NULL UNIQUE, dim INTEGER NOT NULL CHECK(dim > 0), generation INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE TABLE vectors( id INTEGER PRIMARY KEY AUTOINCREMENT, embedder INTEGER NOT NULL REFERENCES embedders(id), passage INTEGER NOT NULL REFERENCES passages(id) ON DELETE CASCADE, vector BLOB NOT NULL, UNIQUE(passage, embedder)) STRICT;
CREATE TABLE jobs( id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL CHECK(kind IN ('read', 'embed')), location INTEGER UNIQUE REFERENCES locations(id) ON DELETE CASCADE, content INTEGER UNIQUE REFERENCES contents(id) ON DELETE CASCADE, state TEXT NOT NULL DEFAULT 'queued' CHECK(state IN ('queued', 'running', 'failed')), attempts INTEGER NOT NULL DEFAULT 0, due_at INTEGER NOT NULL DEFAULT 0, owner TEXT NOT NULL DEFAULT '', lease_until INTEGER NOT NULL DEFAULT 0, again INTEGER NOT NULL DEFAULT 0, reason TEXT NOT NULL DEFAULT '', CHECK((kind = 'read') = (location IS NOT NULL)), CHECK((kind = 'embed') = (content IS NOT NULL))) STRICT;
CREATE TABLE conversations( id INTEGER PRIMARY KEY AUTOINCREMENT, title TEXT NOT NULL, made_at INTEGER NOT NULL, changed_at INTEGER NOT NULL) STRICT;
CREATE TABLE messages( id INTEGER PRIMARY KEY AUTOINCREMENT, conversation INTEGER NOT NULL REFERENCES conversations(id) ON DELETE CASCADE, ord INTEGER NOT NULL, role TEXT NOT NULL CHECK(role IN ('user', 'assistant')), text TEXT NOT NULL, made_at INTEGER NOT NULL, UNIQUE(conversation, ord)) STRICT;
CREATE TABLE answers( id INTEGER PRIMARY KEY AUTOINCREMENT, message INTEGER NOT NULL UNIQUE REFERENCES messages(id) ON DELETE CASCADE, query TEXT NOT NULL, supported INTEGER NOT NULL, model TEXT NOT NULL, model_hash TEXT NOT NULL, settings TEXT NOT NULL, citations TEXT NOT NULL, seed INTEGER NOT NULL, tokens BLOB NOT NULL) STRICT;
CREATE TABLE answer_passages( answer INTEGER NOT NULL REFERENCES answers(id) ON DELETE CASCADE, ord INTEGER NOT NULL, path BLOB NOT NULL, hash TEXT NOT NULL, text TEXT NOT NULL, pos_kind TEXT NOT NULL, pos_from INTEGER NOT NULL, pos_to INTEGER NOT NULL, score REAL NOT NULL, PRIMARY KEY(answer, ord)) STRICT, WITHOUT ROWID;
INSERT INTO library VALUES(1,'a13b706966742622d2464a8a41005c35',1795376664282980,0);
INSERT INTO collections VALUES(1,'All');
INSERT INTO roots VALUES(1,x'2f686f6d652f6164612f706170657273',1,0,0);
INSERT INTO contents VALUES(1,'41b56c75b9e55b80cd7b99eca59e82a3bf2061b122b28bfda33d7ff1f66429e6',1,'Brookhearth 24 heating boiler: manual for the household','markdown',1845,0,'');
INSERT INTO contents VALUES(2,'adf73ff5c35bdd2954e1af6e84868ed8906d4bd4a06487f443dd61b6c78312d8',1,'','text',884,0,'');
INSERT INTO locations VALUES(1,1,x'2f686f6d652f6164612f7061706572732f68656174696e672e6d64',1845,1795376664112688717,'ready','',1,1795376664285879);
INSERT INTO locations VALUES(2,1,x'2f686f6d652f6164612f7061706572732f77617465722d6c65747465722e747874',884,1795376664112711388,'ready','',2,1795376664286039);
INSERT INTO passages VALUES(1,1,0,'The Brookhearth 24 heats water for radiators and taps. This manual is for the people who live with it. Work behind the front panel is for a fitter.

Every day

Turn the left knob to set the water of the radiators, between 35 and 75 °C. In a mild winter 50 °C is enough. The right knob sets the tap water; 52 °C is a good value.

The display shows the pressure of the heating circuit. With a cold boiler it should be between 1.2 and 1.5 bar.

Topping up the water

If the pressure falls below 0.8 bar, the boiler stops and shows E-04.

Switch the boiler off and let it cool for half an hour.

Open the blue filling valve under the boiler by a quarter turn.

Close it when the display shows 1.4 bar.

Switch the boiler on again.

More than three fillings in a month point to a leak: call a fitter.','Brookhearth 24 heating boiler: manual for the household','line',3,23,57,852,193);
INSERT INTO passages VALUES(2,1,1,'A radiator that gurgles, or is warm only at the bottom, has air in it. Switch the pump off and wait ten minutes. Open the bleed valve with the square key until water comes instead of air, then close it. Check the pressure afterwards.

Messages on the display

message | meaning | what to do
E-04 | too little water | top up the water
E-09 | the flame did not light | press reset once; after the third time call a fitter
E-17 | the flue is blocked | switch the boiler off, open the windows, call a fitter at once
F-2 | outdoor sensor is missing | the boiler goes on at a fixed 60 °C','Brookhearth 24 heating boiler: manual for the household','line',27,38,875,1456,143);
INSERT INTO passages VALUES(3,1,2,'The boiler is to be serviced every twelve months. The burner seal is changed every second service. The warranty of five years holds only while the service book is complete.

Holidays

Press the key with the suitcase for frost protection: radiators are kept at 7 °C. Do not switch the boiler off in winter.','Brookhearth 24 heating boiler: manual for the household','line',42,48,1467,1772,64);
INSERT INTO passages VALUES(4,2,0,'Ellery Waterworks 3 Pump Street, Port Ellery

Mr Tomas Okafor
27 Weaver Street
Port Ellery

12 February 2024

Customer number 40-7731-B Your new water meter

Dear Mr Okafor,

the water meter in your flat has reached the end of its time and must be changed. Our fitter, Ms Adeyemi, will come on Tuesday, 5 March 2024, between 9 and 11 o''clock. The work takes about twenty minutes; the water will be shut off meanwhile. Nothing is charged for it.

Please clear the space under the sink, where the meter sits. If the day does not suit you, call 0555 0142 by 1 March and name your customer number.

The old meter was last read at 318 cubic metres. Please note the reading on the day of the change: it is the basis of the bill that we send in April.

From 1 July the price of water is 2.31 euros a cubic metre; it was 2.18 euros until now.

Yours sincerely,

Harriet Voss Customer service','','line',1,30,0,883,212);
INSERT INTO embedders VALUES(1,'all-MiniLM-L6-v2','813a1b66e32262274578169b1a61562f6d38c9fc6d02f8054d1dfa72750a573c',384,4);
INSERT INTO vectors VALUES(1,1,1,x'9310a7bc2161dfbb3ff1203c7e0cc239172a16bd76b4893c946ba7bc34d44a3da1bb27bd59f3dcbcebd7e0bd6e1acebd7200673d9f9c92bdf35b9cbccf5654bb77a186bdc1fc18bed20981bcc9049dbdf59c28bc6afa63bd23ca8bbd39644b3ddc9303bdfcd787bbd064bebbccad213d73b93dbd8c818c3d3a6cdebc109f87bc400de83874fa35bdf124b13b5903a7bc85abc93cbb3e833d89acbabd60070c3d29522a3d1a87c93c298a033dee86903dd71b153d4feb053ea83dbcbde79021bcc58f983c3b35883dabb3debb1c9804bd4cd1073c89f03c3d3aa580bdc86289bc0c7622bd4872573d0a89aebcd5695a3de873b83cf5dfb7bc295080bdbb963a3c1b7f1f3dc4fbf23ca19e39bd5cf2423d15d00c3db07895bc7b83ed3d02f3433dd8133d3bb85d2ebed84770bcb521cebdf00a7e3c648b26bcc7e70a3dbb5a443d63269cbd38443bbdaf2e283d49da303bede8b0bcaff5653ded8fe53d32f0ebbc07e18c3daf59833cd8bfa1bcae73cf3baa9daabd98f02f3c1a3dae3cfd811c3d60939d3d4b7a0ebcdab602bd09281fbc38ad5dbd68df96bc7bb320bd588f0a3dbbeab13db1d783bbe021b6bb656b6d3da01a663d545549bdf3c6b83c3d32933c5f49963dd8c8653dbca9f93de61fb1bb1ac12ebd01dc65b9ba47b3bcf573f8bcf94beabca2ab933de09f40bd3e7b6abd614e60bd8ce0903d9462c8bd246d8709287b003d157611bceedd113d0a494d3d2c0a5a3c8fa9cf3c19af9dbd39239b3c84189bbdccef043d836af13db757f2bc048a4ebd038b87bc17eb1cbdea43c5bd39be463dea7e173d8a64cdbc280094bc8188493d4bed19bc87cd1e3c4badfbbc5f0212bdfd08c73c7436813d170a6dbc7b7a2f3bc84b0e3da9630f3d83cf71bc6cdac1bcf55d2dbdbb523dbd0e768dbd07e62ebd655e8e3db97cd93cdbac97bc79b9053d21ab8c3d38254d3dc863863d12a0fc3cb27fc7bc5325e43c3f63f7bc9329123c3867ff3cc9dd09bd9b68ec3cf4edf1bca920593d6c2a593c92d6c83c97ae143de47cff3c97059c3c1391c9bc58817e3dcc4bb0bbdb5ee73c08f871bd70e3123dc4a9a73c9a1d16bce72fb3bcea9aa73c5486653c30915cbd84da17bc67123c3c1dece5bc11aad23bbaa3a0bc8aeb3e3d54c94fbd26da2bbdbac443bd5253ab3b0d6fb93c092b5a3d44b4b13dd3dfcf3c7a7607be4964053d0aef3e3dfd8686bc4592c13d3133adbc1cafdebdbd98113c81230d3cbd6a20bd057e8e88456f213d4761cfbc3a4d163c01d2d0bb8c44833d3e476dbc8a28b43dd4ac9d3bdfd6e13dcc40c83cb380763df5e1263dd29579bdf8e3643dd361b1bde5b3c33c1575b83cd43d89bd73776a3c7bd38ebc8ca625bd02f8c6bb0f7bc7bd4d7e943d06aa4abc1c92ba3cc7a7dcbc0de7903c8658a03c82e7efbc812105bd8d0b603deceb053b04e1dc3c8d293bbd78f2823c5bdfdf3de656873d7444483db03e733dc938893d83b555bde33f7fbd3fd48abd12e121bd8c51e33d63143a3de135b7bd43a24abd6b70d83d451ed7bc9d2c24be29229fbdb2fdcf3de8ee03bd2d7b98bdfb38373b5470133d6978e2bd1f9107bd2930c13d5a871dbcd4126f3d928e8837345da7bdfcd0323db9cfadbc5d08373cbb5ec73dbee2d4bd2c951bbcc1419bbca659823da92f07bddd56c13d4ee4e4bd12ea5dbdf3e7b9bcb786923cfacea03c3cd0f1b8162e8c3de44fc8bc3a0b4d3d1932b93d927528bd39abd13d1146393d74544b3af487123d61f2b1bc280a8fbb210680bdd72fcb3db1979d3c7efc41b3da0776bdfb3a14bc042a823de8fb863d8db0a8bdf7773fbda0793c3df96e5c3bef6993bd8f26713c0a3a553cb22b28ba1346803d279815bd879e41bd973462bd1be9fc3c0c63d5bbb6e69fbcf1411fbd0103ecbb54e92ebd29fc233d0b341bbdc395e1bc12b984bd1b3a40bcf9d705bb909a263cb63138bd0932b8bb22f023bbc7ae523d7abccabc3998073d7db1163da9b8d5bc152ea83c5afe203d248b183df19e873c55e305bc306948bd9fc1c0bcddf3203de0a738bdf6c00b3ddeee943d4ff82f3df3528e3d75a69c3de05b7b3d74d3af3d2d01493d5939a43c6e76da3becbd42bd9512d6bcad8778bc342d8bbc831680bb4ba9bd3cc1fc85bc5b5979bd');
INSERT INTO vectors VALUES(2,1,2,x'4c1707bc32a5ffba54f5b03cc4595a3caf81413d1f7501bcc8bb6cbc8672b93cfd7352bd0cf442bd5c86f7bc86d0a5bd92511b3d9c620cbd7ec51bbd3d9c97bcec6ca5bdd07505be8a4422bd00ecc0bd0d7f7fbd34c633bd03cd58bd05403a3dc4bd4cbc2db9a3bcd345a4bde3325c3dc6e8c9bd092e213d62ac393c08d9253cdde877bc8985c2bbf7a5393d88a7c0bc7e89f93c2468ae3d8feba8bd58d1ed3c436d223d78750fbdc4d60e3d95d3753d6211a73d5b49d83d083991bdd93663bd98c29e3cf3d2313deda62abdfefb28bd735fa23cd5f53e3d73e8f33b8b4584bcb2d2a0bcbebac13cf6169b3ab5c7fcbc9021443daa8ce2bc9effa0bd7203e53c70f95bbbe7effc3cccf131bd5d7d0f3d0d53ed3ccf022c3da60d053e5281543dc6faf1bce87ebcbd3d69a9bc2ed84ebde287f5bc6c37263b0fe89b3d7a8dbf3da80ea5bda4b2b0bd7aabb53ac86fff3c86c350bd787b063dedbaa43dbf20e9bc1b44413db0e3443cb01e1bbda72836bd341a90bd22c6913dfa5c103cbc552dbb0b20aa3de9fd133c2ad53ebddb21033d581592bde4be71bc5a403dbcace9cc3d05e6363d07aac5bccb9887bc752d763dfa29e83c2768b2bdf52755bcf780353c318ade3d9d21b33d6340043e2495393b79c7f4bc6ef78fbce65313bdf37b383cd367babc03446f3d2ce931bd1dd5e9bc20672abd8e36923db1eb72bddc23d3091049543d0d1a3abbff95453dd9bc573d2cfb843d923b083db456c5bda756073c9dcfa0bdeab5683d0c97ba3d9ff738bc183c0dbdc0e6e9bc6b677c3ca98ba8bdc4dc0a3d57bb8e3c34a248bd736376bd619d913d56ecb2bbc7cfb8bcfb4482bd9f71a6bd7f1b303da69a843cb517843cfb6e333ddc01063dee903f3ce6cb8cbc62c7023dd001eabc738778bdc66aafbda4019abcae3d3e3d68fb41bc4d5c37bdb24e8d3c8801743d100fd73cb254673d30120e3da1f2f3bc372222bcf8d497bcbf300b3dc420623d3f76a5bc8f16f43c0aa6babaac993c3d2295343d4056633c0c34043cfaed1e3c6f8aa8bc012f04bd2ce6a33d153e0dbd5b02803d6cfabcbdb5d9813d12326e37eb6053bb5b531cbdb742413b59c8613dca5f28bde1ba1bbc6cfcaa3c217600bd9e7a633d9c4c46bd144f823d78053ebd777ba0bd4925b5bde3ea2a3b6d3f453c6575c73bdae5953d0dfd8dbc209401be0ae709bdc704253deac14ebd585bf23dbc0bd8bcea786dbd81f24c3cf4de4a3cf99db4bbf0f82e898a16483d0e5121bb8c34b33c059878bc57c7a53d67dd903c060c723dfc91213d24d8d93da1d6923c7406073d73c507bc67b0c9bceaec6c3d73e890bde426763da2df093ddbc392bdddabe13ceefb7e3cc0d795bc16ef4abc94d9c2bdfca2863d00a0a1bcd8fbba3dea12bdbc0c6a0abca0a811bd60856fbdd79fb0bc0161113d42abba3843e7023ddc6287bd1179a03c5150053eb4be8f3df392c73c6d00ffbbef7da83df70b2c3ca65f18bd575c48bd4117acbc4653e33d56e9253d2c91aebd5fc419bd887cc93d24b424bdef2e14beb528abbd0b61a83d18bb1fbd521c06bdf7d3df3cbb37abbc6223ffbd977418bd5ce5ea3d1a9a94bd12b7c33c5dd2bfbc82c68fbd91ac0b3dcd1cf13b977a7d3de466e63dee3397bd4990703a598b823c9c73a23cb11b31bc2320e13df83b8cbd516987bd620a68bce5578c3c866101bc16e4abbcbd81823daedb1fbd94580c3d79c8db3d9cc379bd9c96f43ce4da423d0e26f73caac6e23cd378c0bc0db5d13cd79d6d3bdb2bdb3daf3c0b3dbf8149b3167885bddede61bd1e8b743b02404b3de51698bd6ae02dbdfde8233d66c16ebc3ebe98bdf23939bdde87853c16712a3d3ed04b3d2f2275bc54f94fbc0d084bbd301da83c3e9666bc1fbe1fbd1eeb37bdf238e3bb728f9f3c40776d3934e6acbcb00d22bd35b233bdafbdebbcefd4b73c48394a3b1dcab5bc179806bdd0f2e83bd6031a3d1377bebc652c20bd099e623d48b38c3c7efb6f3cf8ae23bc7e48e5bc60ae173cf08ce73c458c8abd683143bd31921a3d3d878fbd513c0d3d5f18f93cf665023d7596ba3df21ab23d98503c3dd102d83dab2d823da4e205bc1488ffbce5e6f6bc680438bd4e1c92ba88e46dbc7081e93c717702bda834a3bcfbe3b3bc');
INSERT INTO vectors VALUES(3,1,3,x'eac72abdb2b0173caef9703dcacbec3cbebddabcfb18753ccae10bbdf77531bd7fa442bd50d53dbd624580bd734f1d3d5c62523d5bcb0bbd939485bc1c0c64bd6928d5bc060d15be4c118abdfb13c7bdf02ffbbc3f8e08bde1b8c0bd271d683d5d0d03bd8924dabc6a1f6cbd85b2103ddd4289bdd31e2e3ded7b18bce86eecbc72f1bbbb2dfc1b3b9a4babbb800ae03c5a135738c07aff3c9cd471bda212b43ba30cfa3badcf25bd853cf7bb2c15b83c43e4fe3c7e5dfa3d0e5431bd344694bd0654393c1835e53de94af4ba43148dbcabbae43c4d1d8b3d9a8b623c5c9adebbe575c9bb7e078c3db15316bd60691c3d4468183d77babfbc34e4b5bd6066223c0a8c943ac4c8583c502eb6bbd1842d3d385cad3df2e67cbced62be3d4dde193ddddd93bc4bc6efbdd2e46ebdd725403c3c59e0bbe2c23dbd245a933de4b91abdf6d293bdd73e8abdb69b323d6b052f3d961428bd89a69d3abdd2c23ca9201c3bed76853dc16c953c7ebc493d36ddd73c7ced883bfe48f8bb1cd0a6bd1820593ba698543db262793d356e11bb0a6f253cb8fe85bc5f6c94bd80b81abd9db8993b369c353d770ca3bc701e0ebd1b00e83bfa9a96bc9d9581bd9df5ecbbe4948d3d29598b3d128b173deda0c33d090291bb222e34bc67d4533a2aa1933c80cb2cbc42c1e83c09bca73d5683283d3c4872bda2c201be8fa7763d49f3c33c9a7ce709944ba93c85e3a8bcf3a4453dde805d3cf0a82a3d2b296b3c47511fbd68849e3c9d9b37bd86f06b3ceb9ae43db83e1f3d17c958bc3f4670bd26d06a3c0105b0bcf4253c3db9ccdb3cc4d81f3dc5523ebd8754113dec3072bc3502c23c5851af3cddd3acbc168ae5bc7233983d7b339dbc0802b8bb9bc8213dcbb7b53d21ba2d3d842cbeba40257bbcc23271bdc20b83bc82e803bd62e4883d68e55dbb3aa284bd180f843d1f97763c94f70f3de62a833d3070593ccb1a16bddac64f3c1077f4bcf3b4cebb0d2b94bc070ca7bbf66ea43ace3db3bcc84e083d8d2b913dcda6653d36e0d73b020446bc0453a13c4d7c83bd5045cf3d19175dbd3bebb03c684321bd8dbb7a3d1346cd3c8b531b3c2990d13c19fe8ebd499efcbc04efd73b910288bc97f61dbdff55ccbdb6cdaebb5d5792bdb0118f3d5fc447bdbb4cfdbc6907c5bc4942c3bc6edb223dd67a2d3ca218ce3db52e9e3c7e5aeabd372e793d1ec29f3da0c6e8bc6366c83d67230cbde314fdbdd4bd083d83d6593d41c59cbba482ad894365913d14b49cbc653e6c3ddc0a53bca394993cfb8112bda712a2bc3a2c4c3d89e9863c373e413c9088d43c4bd3a5ba084a67bb5dfa783d6021cfbdd6eb5a3deb84623c832b74bd914ae1bb43a48dbd9fea3ebd2a671dbc2e6aecbd113c5f3d5494bcbda2e3003dbf7582bd5abf9b3c3545b53c20fd1dbdbf33a2baa306ce3b536184bc9d48e63c2fa219bd77e880bc4f7cd23dfaa7ac3d7fd8e73c4fa6d23de740683d144c7cbd99dce9bcd37708bdeb496b3b2ff2e83c6f4febbc3c40cbbd9bb8b6bc5017a93dbd078fbb177045beb955b2bdfbf6283d70093bbd1137ffbcc545333c1b14573ddf28f7bddc236fbd4033c93db51161bd5e95303d8ade2b3da1a5d8bdd8da583d4954f63b0d16a7bce122a13d3826debd76394dbc271b68bcc10611bd2cb843bc4a93883ce963a9bdd8d739bda82f26bda5bcb4bc2224563c12e6f7bc9e883b3d4e7c65bdbe08903c4314973ddd43ecbd9e00de3d70ac373b2a156a3d88183e3dbd27783ca0131dbdd400ddbd7772443da6c78c3b57ac26b35a8f85bd2aac473d48104f3dbb940e3df7c636bd66410cbda119f03d08c563bcd6c7b1bce04cc73b075c793d50339e3c17aa753db80c86bdf4fc9bbdec6bde3b58ec403dbd85d2bc9cd777bcedf13bbd7c08a63bf65d10bc8084ab3dcd9103bd55e4c1bd3c0d0fbd0de41a3d6d03a0bca2aed53b7a5ae03c72201cbda14588bc76c9963d90c327bd4db33c3ca98a14bcf7ca05bc397e28bd73daf53b76f68e3c41070c3c7a1a113d0cb888bde4b4c53c7044b03d8db8b9bdd694bcbca7a98a3d080f1d3d8127e43db1df803d3e82433d9915b53dcb2aa73dbf0a90bc4e076f3b63faab3cbf0409bda198323d2a8254bbda00083c21061fbd8989223df9452dbd');
INSERT INTO vectors VALUES(4,1,4,x'695f5cbdd992b43be1d5263c02f89e3ba636113bae3ab6bd8d2a97bd99a8fc3c0bdd9ebc08e00fbd5ffa71bc9a618dbd6b3638bca4e7593a449194bd3609903be714b1bdfaf652bc279c52bdb3c0a23c97b9193c94169fbb7780e0bbe279fbbc52f90b3c03ce4f3c17e5da3c9612a53c002c6dbdb250b9bcb4e10cbb37fb4dbc5e157a3cffa2c2bd9d37ff3d926cdc3c9909953d8637f2bb60257bbdb074b73caf30d13cd1eab9bd96dfb0bcad11a73d2894173c0a8ec73d00726a3bf703fb3cbcd6423a52bed33d86a17cbc7df915bda1cc1d3b656375bd094740bd9ddfba3a9a4a973d21ee8b3c5022b83cfe750fbcf5ee773c55e8293dca3b90bd4e6b833b03a6d33ca148dabc289c8fbdd65f37bb17a80cbd956d52bdc95260bd41389dbc67c6653d80d5b9bd5a0e9f3d0f4c65bca9f2903c4bec7abc08b54c3d0e1a84bcea965abd3781acbd3bbc9dba0a3938bc278f8a3c5a83b03c0da6d63d4eadf23cac3a9e3d1f52d2bda850373d977bdf3be22cb4bd120c093dda391e3d91f2243d3f0d8abd912d8e3dc52eba3b43d38e3de946743b01c8c73d23260ebccd4d8f3df5ab303d92ad62bd3b5efe3a45dae93d7e1ef53bdcb83fbd46d8af3d637c94bd74c0e03bc7ef4b3c24876b3c78238c3d5c52e9bcdaf885bd53029a3c8185f4bc2e76c73c2bd7403c84d0aebd7367b73bc4d525bd201cce3d20a4ac3d69a5a909e8605ebd0e53de3ca55f813ddde38dbd110f6fbce5b445bbc595013dc965ae3dd084b33d31bf4a3c390aebbb74ce623c2ead1abc530888bba5e7e4bdd58501beabf6003eb5829cbc8f4d96bddad60b3d94eeac3dd2fa9abddc863abd3a9eb5bd0f7f063df5a6db3b55b8e33c95b5c13c2503013dec85083ce471303d10784cbde3842d3db9af443d641281bd83daebbb9e2a8a3d8f233cbd482ec13cbdb88ebde770d13bece5313d79d0bc3dff80ed3cf5f626bdc300073c3b4d7d3dcd8945bd586dce3d60264bbd64256bbcc30d443c7228dfbd0119893d30225c3cca8b21bdc35545bded9055bc083e763c6fcd7dbd6ad6d7bc011aab3d0cd3bf3d6081383de9ed843deb9c1e3c851b7a3dd0a8cb3b7eca8fbb5677d7bc5c0f7ebd9546e4bce8e9013cc021c13c47ce1bbc6b9e863b9a38983d3d518ebb9b834ebda482c53cabe0cd3c8b89013b4aa62a3d6662d23cdf0a5b3d96b95bbd40a51dba9390913ced7e823c9d46b53ce6b5373d0d9aa43c426f0dbd472771bd4fba1e3d39c887892611ff3a08a7c83c01d1babd0773793d3caf4c3d2a3c90bc8e57793d0edea13d5239533df378893da854bdbc0beb0dbcd1d7913ca5e94cbd1d47c4bc48f3d73cd7f2223d33a711bca778973bda80973d96451dbd1f15873d0c7c1f3dd704eebc1b4428bc507f9a3d66dde63cd1b380bda82856bd729b1fbdb4fac8bd43b5aebc896b11bc2c3a983d186b11bd993288bc1a556d3dfbee073b97623fbc306adf3dd8058e3ce0600abd59ea783c8c676fbde665dcbc885d3f3c63b28b3d73868bbd6c591ebcf0e461bc863cccbce14c453dd54d2c3d4907393d5d54f0bc5445023daf561f3eb48893bc893ee9bdfb0f303c0e456c3da4177d3dc972273de88d083b050eb93ca6eaf53c20b500bd8311cabc1b31323dc190e1bc51e38a3cf649f8bc8bd46dbb1ceb1dbdaf83e63bd6de113cb1e286bd16e6023db12e41bdd12b7a3cca24af3dc6d2363d60eb003b17bcef3aacf1563a8a2aadbd71eb6e3d977e32bd45a66fbd6ad40d3dc24dd2bcecd865bd83a1acbda371753d4ff510bda8334ab3b59039bd56ad093d9b9cfc3c6e5c3b3b0c6b3f3c6f57e2bd3523b73c245a9f3dee0082bd2069dcbb61660dbcf5e150bb9e8c903ca98637bd965982bd669880bdeacdb73b0b2ff5bd91a984bda300003ced7d8e3a32e2423d50c188bd7c6d12bd1d54483b7792f23c4c74123c5793b33db6ee0e3da3b1b0bda8a38d3d4f11383dd3dc3e3c024b9c3c64e090bd5f4cba3be9b9aabd0c42453d8cf6d4bc803cbd3dbedc2cbda16f36bc1f74bfbd28f1d6b90096013d5183f3bc050f94bde4dbdfbd0ecbbd3b5f652dbd543431bb9c69473d4404bf3d3666b83cd42bc93df5b477bcd912a5bd19cdd63a26acbabd4387ce3d7737a5bcedc484bd7a590cbdc9631ebc');
INSERT INTO conversations VALUES(1,'What pressure should the heating circuit have?',1795376737374990,1795376737374990);
INSERT INTO conversations VALUES(3,'Who won the cup in 1998?',1795376740649525,1795376740649525);
INSERT INTO messages VALUES(1,1,0,'user','What pressure should the heating circuit have?',1795376737374990);
INSERT INTO messages VALUES(2,1,1,'assistant','The pressure of the heating circuit should be between 1.2 and 1.5 bar.',1795376737374990);
INSERT INTO messages VALUES(3,1,2,'user','When will the fitter change the water meter?',1795376740100042);
INSERT INTO messages VALUES(4,1,3,'assistant','The fitter will change the water meter on Tuesday, 5 March 2024, between 9 and 11 o''clock.',1795376740100042);
INSERT INTO messages VALUES(5,3,0,'user','Who won the cup in 1998?',1795376740649525);
INSERT INTO messages VALUES(6,3,1,'assistant','Your documents do not seem to say.',1795376740649525);
INSERT INTO answers VALUES(1,2,'What pressure should the heating circuit have?',1,'Qwen2.5 Coder 0.5B Instruct AWQ','','{"max_tokens":256,"temperature":0,"compress":true}','[{"n":1,"path":"/home/ada/papers/heating.md","position":[2,3,23],"quote":"The display shows the pressure of the heating circuit. With a cold boiler it should be between 1.2 and 1.5 bar.","score":0.873169}]',0,x'110300005e1c00003b010000170100001b5c0000603f0000f1040000830100009c070000dc000000100000000d0000001100000043010000dc000000100000000d00000014000000230e00000d000000');
INSERT INTO answers VALUES(2,4,'When will the fitter change the water meter?',1,'Qwen2.5 Coder 0.5B Instruct AWQ','','{"max_tokens":256,"temperature":0,"compress":true}','[{"n":1,"path":"/home/ada/papers/water-letter.txt","position":[2,1,30],"quote":"the water meter in your flat has reached the end of its time and must be changed. Our fitter, Ms Adeyemi, will come on Tuesday, 5 March 2024, between 9 and 11 o''clock.","score":0.856234}]',0,x'110300001a010000b00c0000ae020000f908000017010000c70b0000b259000085010000a51d00000b000000dc000000140000005e150000dc000000110000000f00000011000000130000000b0000009c070000dc0000001800000043010000dc000000100000001000000029010000caf300000d000000');
INSERT INTO answers VALUES(3,6,'Who won the cup in 1998?',0,'Qwen2.5 Coder 0.5B Instruct AWQ','','{"max_tokens":256,"temperature":0,"compress":true}','[]',0,x'');
INSERT INTO answer_passages VALUES(1,0,x'2f686f6d652f6164612f7061706572732f68656174696e672e6d64','41b56c75b9e55b80cd7b99eca59e82a3bf2061b122b28bfda33d7ff1f66429e6','The Brookhearth 24 heats water for radiators and taps. This manual is for the people who live with it. Work behind the front panel is for a fitter.

Every day

Turn the left knob to set the water of the radiators, between 35 and 75 °C. In a mild winter 50 °C is enough. The right knob sets the tap water; 52 °C is a good value.

The display shows the pressure of the heating circuit. With a cold boiler it should be between 1.2 and 1.5 bar.

Topping up the water

If the pressure falls below 0.8 bar, the boiler stops and shows E-04.

Switch the boiler off and let it cool for half an hour.

Open the blue filling valve under the boiler by a quarter turn.

Close it when the display shows 1.4 bar.

Switch the boiler on again.

More than three fillings in a month point to a leak: call a fitter.','line',3,23,1.3);
INSERT INTO answer_passages VALUES(1,1,x'2f686f6d652f6164612f7061706572732f68656174696e672e6d64','41b56c75b9e55b80cd7b99eca59e82a3bf2061b122b28bfda33d7ff1f66429e6','A radiator that gurgles, or is warm only at the bottom, has air in it. Switch the pump off and wait ten minutes. Open the bleed valve with the square key until water comes instead of air, then close it. Check the pressure afterwards.

Messages on the display … E-04 | too little water | top up the water
E-09 | the flame did not light | press reset once; after the third time call a fitter
E-17 | the flue is blocked | switch the boiler off, open the windows, call a fitter at once
F-2 | outdoor sensor is missing | the boiler goes on at a fixed 60 °C','line',27,38,0.8302583926566918);
INSERT INTO answer_passages VALUES(1,2,x'2f686f6d652f6164612f7061706572732f68656174696e672e6d64','41b56c75b9e55b80cd7b99eca59e82a3bf2061b122b28bfda33d7ff1f66429e6','The boiler is to be serviced every twelve months. The burner seal is changed every second service. The warranty of five years holds only while the service book is complete.

Holidays

Press the key with the suitcase for frost protection: radiators are kept at 7 °C. Do not switch the boiler off in winter.','line',42,48,0.6474566913200411);
INSERT INTO answer_passages VALUES(1,3,x'2f686f6d652f6164612f7061706572732f77617465722d6c65747465722e747874','adf73ff5c35bdd2954e1af6e84868ed8906d4bd4a06487f443dd61b6c78312d8','Ellery Waterworks 3 Pump Street, Port Ellery

Mr Tomas Okafor … Customer number 40-7731-B Your new water meter

Dear Mr Okafor,

the water meter in your flat has reached the end of its time and must be changed. … The work takes about twenty minutes; the water will be shut off meanwhile. Nothing is charged for it.

Please clear the space under the sink, where the meter sits. … The old meter was last read at 318 cubic metres.','line',1,30,0.3379208803873561);
INSERT INTO answer_passages VALUES(2,0,x'2f686f6d652f6164612f7061706572732f77617465722d6c65747465722e747874','adf73ff5c35bdd2954e1af6e84868ed8906d4bd4a06487f443dd61b6c78312d8','Ellery Waterworks 3 Pump Street, Port Ellery

Mr Tomas Okafor … Port Ellery

12 February 2024

Customer number 40-7731-B Your new water meter

Dear Mr Okafor,

the water meter in your flat has reached the end of its time and must be changed. Our fitter, Ms Adeyemi, will come on Tuesday, 5 March 2024, between 9 and 11 o''clock. The work takes about twenty minutes; the water will be shut off meanwhile. Nothing is charged for it.

Please clear the space under the sink, where the meter sits. If the day does not suit you, call 0555 0142 by 1 March and name your customer number.

The old meter was last read at 318 cubic metres. Please note the reading on the day of the change: it is the basis of the bill that we send in April.

From 1 July the price of water is 2.31 euros a cubic metre; it was 2.18 euros until now.

Yours sincerely,','line',1,30,1.2999999999999998);
INSERT INTO answer_passages VALUES(2,1,x'2f686f6d652f6164612f7061706572732f68656174696e672e6d64','41b56c75b9e55b80cd7b99eca59e82a3bf2061b122b28bfda33d7ff1f66429e6','… Switch the pump off and wait ten minutes. Open the bleed valve with the square key until water comes instead of air, then close it. Check the pressure afterwards. … message | meaning | what to do
E-04 | too little water | top up the water
E-09 | the flame did not light | press reset once; after the third time call a fitter
E-17 | the flue is blocked | switch the boiler off, open the windows, call a fitter at once
F-2 | outdoor sensor is missing | the boiler goes on at a fixed 60 °C','line',27,38,0.7710978818825556);
INSERT INTO answer_passages VALUES(2,2,x'2f686f6d652f6164612f7061706572732f68656174696e672e6d64','41b56c75b9e55b80cd7b99eca59e82a3bf2061b122b28bfda33d7ff1f66429e6','The Brookhearth 24 heats water for radiators and taps. This manual is for the people who live with it. Work behind the front panel is for a fitter.

Every day

Turn the left knob to set the water of the radiators, between 35 and 75 °C. In a mild winter 50 °C is enough. The right knob sets the tap water; 52 °C is a good value.

The display shows the pressure of the heating circuit. … Topping up the water … Switch the boiler on again.

More than three fillings in a month point to a leak: call a fitter.','line',3,23,0.7490487809433668);
INSERT INTO answer_passages VALUES(2,3,x'2f686f6d652f6164612f7061706572732f68656174696e672e6d64','41b56c75b9e55b80cd7b99eca59e82a3bf2061b122b28bfda33d7ff1f66429e6','The boiler is to be serviced every twelve months. The burner seal is changed every second service. The warranty of five years holds only while the service book is complete.','line',42,48,0.6285000381020807);
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('answers',3);
INSERT INTO sqlite_sequence VALUES('contents',2);
INSERT INTO sqlite_sequence VALUES('conversations',3);
INSERT INTO sqlite_sequence VALUES('embedders',1);
INSERT INTO sqlite_sequence VALUES('jobs',6);
INSERT INTO sqlite_sequence VALUES('locations',2);
INSERT INTO sqlite_sequence VALUES('messages',6);
INSERT INTO sqlite_sequence VALUES('passages',4);
INSERT INTO sqlite_sequence VALUES('roots',1);
INSERT INTO sqlite_sequence VALUES('vectors',4);
INSERT INTO fulltext(fulltext) VALUES('rebuild');
CREATE INDEX roots_collection ON roots(collection);
CREATE INDEX locations_root ON locations(root);
CREATE INDEX locations_content ON locations(content);
CREATE INDEX locations_state ON locations(state);
CREATE TRIGGER passages_insert AFTER INSERT ON passages BEGIN INSERT INTO fulltext(rowid, text, heading, title)  SELECT id, text, heading, title FROM passage_text WHERE id = new.id;END;
CREATE TRIGGER passages_delete BEFORE DELETE ON passages BEGIN INSERT INTO fulltext(fulltext, rowid, text, heading, title)  SELECT 'delete', id, text, heading, title FROM passage_text WHERE id = old.id;END;
CREATE TRIGGER passages_update BEFORE UPDATE ON passages BEGIN SELECT raise(ABORT, 'passages are never changed');END;
CREATE INDEX vectors_embedder ON vectors(embedder);
CREATE TRIGGER vectors_insert AFTER INSERT ON vectors BEGIN UPDATE embedders SET generation = generation + 1 WHERE id = new.embedder;END;
CREATE TRIGGER vectors_delete AFTER DELETE ON vectors BEGIN UPDATE embedders SET generation = generation + 1 WHERE id = old.embedder;END;
CREATE TRIGGER vectors_update BEFORE UPDATE ON vectors BEGIN SELECT raise(ABORT, 'vectors are never changed');END;
CREATE INDEX jobs_next ON jobs(state, kind, attempts, id);
PRAGMA user_version = 1;
PRAGMA application_id = 1281586286;
